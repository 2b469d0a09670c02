import type { BuiltCode } from "../build/build-function.ts";
import type { Dictionary, Json, ProjectFunction, ProjectPackage } from "../model.ts";
import type { ActionBody, ActionExec, Annotation, PackageBody, Parameter, Stored } from "./api.ts";
import type { Deployer } from "./deployer-annotation.ts";
import { digest, SHORT_DIGEST_LENGTH } from "./digest.ts";

/** A request body and the digest of everything that can change in it. */
export type Digested<Body> = { readonly body: (former: Stored | null) => Body; readonly digest: string };

/** How a package is sent (openwhisk-api 12.5). */
export function packageBody(pkg: ProjectPackage, deployer: Deployer): Digested<PackageBody> {
  const own = { parameters: encodeParameters(pkg), publish: pkg.shared, ...(pkg.binding && { binding: pkg.binding }) };
  const hash = digest({ ...own, annotations: pkg.annotations });
  return {
    digest: hash,
    body: (former) => ({
      ...own,
      annotations: annotate(former, { ...pkg.annotations, deployer: { ...deployer, digest: short(hash) } }),
    }),
  };
}

/** How a function is sent: its code, or what a sequence is made of. */
export function actionBody(fn: ProjectFunction, content: Content, deployer: Deployer): Digested<ActionBody> {
  const parameters = encodeParameters(fn);
  const exec = encodeExec(fn, content);
  const special = {
    final: true,
    "web-export": fn.web !== false,
    "raw-http": fn.web === "raw",
    "require-whisk-auth": fn.webSecure ?? false,
  };
  const zipped = content.kind === "code" && content.built.zipped;
  const { limits, triggers } = fn;
  const hash = digest({ exec, parameters, annotations: { ...fn.annotations, ...special }, limits, triggers });
  return {
    digest: hash,
    body: (former) => ({
      annotations: annotate(former, {
        ...fn.annotations,
        deployer: { ...deployer, digest: short(hash), zipped },
        ...special,
      }),
      parameters,
      exec,
      ...(limits && { limits }),
    }),
  };
}

/** What a function consists of. */
export type Content =
  | { readonly kind: "code"; readonly built: BuiltCode }
  | { readonly kind: "sequence"; readonly components: readonly string[] };

function encodeExec({ main, docker }: ProjectFunction, content: Content): ActionExec {
  if (content.kind === "sequence") return { kind: "sequence", components: content.components };
  const { code, binary, runtime } = content.built;
  return {
    code,
    binary,
    kind: docker === null ? runtime : "blackbox",
    ...(docker !== null && { image: docker }),
    ...(main !== null && { main }),
  };
}

function encodeParameters(from: { readonly parameters: Dictionary; readonly environment: Dictionary }): Parameter[] {
  const parameters = Object.entries(from.parameters).map(([key, value]): Parameter => ({ key, value }));
  const environment = Object.entries(from.environment).map(([key, value]): Parameter => ({ key, value, init: true }));
  return [...parameters, ...environment];
}

/** The former annotations stay, except `exec`, which is the server's own. */
function annotate(former: Stored | null, annotations: { readonly [key: string]: Json }): Annotation[] {
  const kept = (former?.annotations ?? []).filter(({ key }) => key !== "exec" && !Object.hasOwn(annotations, key));
  return [...kept, ...Object.entries(annotations).map(([key, value]) => ({ key, value }))];
}

function short(hash: string): string {
  return hash.slice(0, SHORT_DIGEST_LENGTH);
}
