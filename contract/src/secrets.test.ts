import { expect, test } from "vitest";
import { z } from "zod";
import { ALL_ROUTES } from "./all-routes.ts";
import { route } from "./route.ts";
import { listSecrets } from "./secrets.ts";

const shown = (routes: Parameters<typeof listSecrets>[0]) =>
  listSecrets(routes).map(({ routeId, place, path }) => [routeId, place, path.join(".")].join(" "));

test("these fields hold secrets, and no others: a new one is added here on purpose", () => {
  expect(shown(ALL_ROUTES)).toEqual([
    "namespace.list 200 namespaces.*.key",
    "namespace.create 200 namespace.key",
    "namespace.get 200 namespace.key",
    "namespace.sandbox 200 namespace.key",
    "accessKey.create 201 access_key.secret",
    "accessKey.rotate 200 access_key.secret",
    "accessKey.handOver 201 access_key.secret",
    "serviceAccessKey.create 201 access_key.secret",
    "foundKey.revoke body secret",
    "apiToken.create 201 api_token.secret",
    "invitation.create 201 invitation.link",
    "invitation.resend 200 invitation.link",
    "invitation.accept body secret",
    "invitation.accept body password",
    "serviceIdentity.createToken 201 api_token.secret",
    "session.create body password",
    "session.create 201 session.secret",
    "account.update body current_password",
    "account.setPassword body current_password",
    "account.setPassword body new_password",
    "passwordReset.redeem body secret",
    "passwordReset.redeem body new_password",
    "webhook.set 200 webhook.secret",
  ]);
});

test("no secret is asked for in an address, which proxies and browsers write down", () => {
  expect(listSecrets(ALL_ROUTES).filter(({ place }) => place === "params" || place === "query")).toEqual([]);
});

const secret = z.string().meta({ "x-secret": true });
type Tree = { value: string; children: Tree[] };
const Tree: z.ZodType<Tree> = z
  .object({ value: secret, children: z.lazy(() => z.array(Tree)) })
  .meta({ id: "TreeOfSecrets" });

test.each([
  { what: "the body itself", body: secret, found: [""] },
  { what: "optional and nullable fields", body: z.object({ a: secret.nullish() }), found: ["a"] },
  { what: "lists", body: z.array(z.object({ a: secret })), found: ["*.a"] },
  { what: "tuples", body: z.tuple([z.string(), secret]), found: ["*"] },
  { what: "records", body: z.record(z.string(), secret), found: ["*"] },
  { what: "unions", body: z.union([z.object({ a: secret }), z.object({ b: z.string() })]), found: ["a"] },
  { what: "preprocessed bodies", body: z.preprocess((given) => given, z.object({ a: secret })), found: ["a"] },
  { what: "transformed fields", body: z.object({ a: secret.transform(Number) }), found: ["a"] },
  { what: "named schemas, recursive ones once", body: z.object({ tree: Tree }), found: ["tree.value"] },
])("a secret is found in $what", ({ body, found }) => {
  const answers = { 200: z.object({ id: z.string() }) };
  const described = route({
    id: "thing.make",
    summary: "",
    method: "POST",
    path: "/thing",
    dialect: "digitalocean",
    credential: "token",
    body,
    answers,
    errors: [],
  });
  expect(shown([described])).toEqual(found.map((path) => `thing.make body ${path}`));
});
