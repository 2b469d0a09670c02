import { z } from "zod";
import { route } from "../route.ts";
import { flag, listAnswer, listQuery } from "./queries.ts";
import {
  AnnotationShape,
  AnnotationsBody,
  dataPlane,
  entityFields,
  NAMESPACE_PATH,
  NamespaceParams,
  ParameterShape,
  ParametersBody,
  VersionText,
} from "./shapes.ts";

const Binding = z.object({ namespace: z.string(), name: z.string() }).meta({ id: "Binding" });
/** `{}` for a package of its own. */
const BindingOrNone = z.union([Binding, z.strictObject({})]);

const bindingMalformed = "binding must name a namespace and a package";
export const PutPackageBody = z
  .object(
    {
      binding: z
        .union([Binding, z.strictObject({}, { error: bindingMalformed }).transform(() => null)], {
          error: bindingMalformed,
        })
        .nullish(),
      parameters: ParametersBody.nullish(),
      annotations: AnnotationsBody.nullish(),
      version: VersionText.nullish(),
      publish: z.boolean({ error: "publish must be a boolean" }).nullish(),
    },
    { error: "Object expected" },
  )
  .meta({ id: "PutPackage" });

const packageFields = { ...entityFields, parameters: z.array(ParameterShape), binding: BindingOrNone };
export const PackageShape = z.object(packageFields).meta({ id: "Package" });
export type PackageShape = z.infer<typeof PackageShape>;

const Content = z.object({ name: z.string(), version: z.string(), annotations: z.array(AnnotationShape) });
export const PackageWithContentShape = z
  .object({ ...packageFields, actions: z.array(Content), feeds: z.array(Content) })
  .meta({ id: "PackageWithContent" });

export const PackageSummaryShape = z
  .object({ ...entityFields, binding: z.union([z.literal(false), Binding]) })
  .meta({ id: "PackageSummary" });
export type PackageSummaryShape = z.infer<typeof PackageSummaryShape>;

const packages = `${NAMESPACE_PATH}/packages` as const;
const PackageParams = NamespaceParams.extend({ name: z.string() });
const one = { ...dataPlane, path: `${packages}/{name}`, params: PackageParams } as const;

export const listPackages = route({
  ...dataPlane,
  id: "package.list",
  summary: "List the packages of the namespace",
  method: "GET",
  path: packages,
  params: NamespaceParams,
  query: z.object(listQuery("packages")),
  answers: { 200: listAnswer("packages", PackageSummaryShape) },
  errors: [400, 403],
});

export const getPackage = route({
  ...one,
  id: "package.get",
  summary: "Get a package and what is in it",
  method: "GET",
  answers: { 200: PackageWithContentShape },
  errors: [400, 403, 404, 409],
});

export const putPackage = route({
  ...one,
  id: "package.put",
  summary: "Create or update a package or a binding",
  method: "PUT",
  query: z.object({ overwrite: flag(false) }),
  body: PutPackageBody,
  bodyLimitBytes: 4 * 1024 * 1024,
  answers: { 200: PackageShape },
  errors: [400, 403, 409, 413, 415],
});

export const deletePackage = route({
  ...one,
  id: "package.delete",
  summary: "Delete a package",
  method: "DELETE",
  query: z.object({ force: flag(false).meta({ description: "Delete what is in it first." }) }),
  answers: { 200: PackageShape },
  errors: [400, 403, 404, 409],
});
