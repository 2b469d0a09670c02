/** A file of the house that exists only to import what it must not. */
type BadFile = {
  readonly file: string;
  /** Import specifier, as the file would write it. */
  readonly imports: string;
  readonly breaks: readonly string[];
};

const bad = (file: string, imports: string, ...breaks: string[]): BadFile => ({ file, imports, breaks });

/** One import per boundary rule that the rule must catch; where a rule has two ways round it, both. */
export const BAD_IMPORTS: readonly BadFile[] = [
  bad("server/src/store/egg.ts", "./hen.ts", "no-cycles"),
  bad("server/src/http/lost.ts", "./nowhere.ts", "everything-resolves"),
  bad("server/src/lost-by-name.ts", "@latchkey/contract/nowhere", "everything-resolves"),
  bad("server/src/audit/service/undeclared.ts", "undeclared", "declared-where-imported"),
  bad("server/src/runtime/for-development.ts", "for-development", "declared-where-imported"),
  bad("server/src/identity/service/fakes.ts", "../../../test/fake-clock.ts", "harness-is-for-tests"),
  bad("cli/src/tested.ts", "./main.test.ts", "harness-is-for-tests"),

  bad("server/src/kernel/knows-store.ts", "../store/tables.ts", "kernel-is-bottom"),
  bad(
    "server/src/kernel/knows-contract.ts",
    "@latchkey/contract/keys",
    "kernel-is-bottom",
    "contract-is-spoken-at-the-edge",
  ),
  bad("server/src/store/knows-room.ts", "../audit/index.ts", "store-and-http-know-no-room"),
  bad("server/src/http/knows-wire.ts", "../wire.ts", "store-and-http-know-no-room"),
  bad("server/src/identity/service/by-the-window.ts", "../../audit/model.ts", "enter-by-the-front-door"),
  bad("server/src/identity/by-the-window.test.ts", "../audit/model.ts", "enter-by-the-front-door"),
  bad("server/src/main.ts", "./audit/model.ts", "wiring-uses-the-front-door"),
  bad("server/src/audit/service/visit.ts", "../../identity/index.ts", "who-audit-may-visit"),
  bad("server/src/runtime/visit.ts", "../audit/index.ts", "who-runtime-may-visit"),
  bad("server/src/notifications/service/visit.ts", "../../identity/index.ts", "who-notifications-may-visit"),
  bad("server/src/identity/service/visit.ts", "../../namespaces/index.ts", "who-identity-may-visit"),
  bad("server/src/namespaces/service/visit.ts", "../../access-keys/index.ts", "who-namespaces-may-visit"),
  bad("server/src/policy/service/visit.ts", "../../access-keys/index.ts", "who-policy-may-visit"),
  bad("server/src/access-keys/service/visit.ts", "../../functions/index.ts", "who-access-keys-may-visit"),
  bad("server/src/functions/service/visit.ts", "../../access-keys/index.ts", "who-functions-may-visit"),
  bad("server/src/functions/service/config.ts", "../../config.ts", "only-wiring-wires"),
  bad("server/src/namespaces/service/operator.ts", "../../operator.ts", "only-wiring-wires"),

  bad("server/src/identity/model.ts", "./service.ts", "model-is-pure"),
  bad("server/src/identity/model-people.ts", "../store/transaction.ts", "model-is-pure"),
  bad("server/src/identity/model/teams.ts", "zod", "model-is-pure"),
  bad("server/src/access-keys/model/hash.ts", "node:crypto", "model-does-no-io"),
  bad("server/src/namespaces/errors.ts", "./model.ts", "errors-stand-alone"),
  bad("server/src/functions/errors/actions.ts", "../../audit/index.ts", "errors-stand-alone"),
  bad("server/src/namespaces/service.ts", "kysely", "sql-lives-in-queries"),
  bad("server/src/namespaces/service/list.ts", "../../store/tables.ts", "sql-lives-in-queries"),
  bad("server/src/namespaces/queries-of-a-kind.ts", "kysely", "sql-lives-in-queries"),
  bad("server/src/access-keys/queries/raw.ts", "node:sqlite", "database-drivers-live-in-store"),
  bad("server/src/access-keys/service.ts", "../http/reply.ts", "http-lives-in-routes"),
  bad("server/src/access-keys/index.ts", "../http/reply.ts", "http-lives-in-routes"),
  bad("server/src/wire.ts", "fastify", "framework-lives-in-http"),
  bad("server/src/access-keys/routes.ts", "./queries.ts", "routes-go-through-the-service"),
  bad("server/src/access-keys/routes/issue.ts", "../../store/transaction.ts", "routes-go-through-the-service"),
  bad("server/src/functions/service/wire-words.ts", "@latchkey/contract/keys", "contract-is-spoken-at-the-edge"),
  bad("server/src/runtime/state.ts", "../store/transaction.ts", "runtime-stands-alone"),
  bad("server/src/runtime/launchers/node.js", "../index.ts", "launchers-stand-alone"),
  bad("server/src/runtime/launchers/zip.js", "zod", "launchers-stand-alone"),

  bad("cli/src/serve.ts", "@latchkey/server/operator", "clients-see-only-the-contract"),
  bad("cli/src/serve-by-path.ts", "../../server/src/operator.ts", "clients-see-only-the-contract"),
  bad("panel/src/app/serve.ts", "../../../server/src/operator.ts", "clients-see-only-the-contract"),
  bad("cli/bin/latchkey.js", "../../server/src/audit/index.ts", "the-bin-asks-the-operator"),
  bad("contract/src/knows-server.ts", "../../server/src/kernel/clock.ts", "contract-knows-no-app"),
  bad("contract/src/heavy.ts", "kysely", "contract-runs-in-a-browser"),
  bad("contract/src/files.ts", "node:fs", "contract-asks-nothing-of-node"),
  bad("panel/src/features/audit/list.ts", "../namespaces/list.ts", "panel-features-are-strangers"),
];

/** Imports the rules must let pass: the same neighbours, by the right door or in the right piece of furniture. */
export const GOOD_IMPORTS: readonly (readonly [file: string, imports: string])[] = [
  ["server/src/kernel/clock.ts", "node:crypto"],
  // A cycle is reported once, at egg.ts.
  ["server/src/store/hen.ts", "./egg.ts"],
  ["server/src/store/tables.ts", "kysely"],
  ["server/src/store/transaction.ts", "node:sqlite"],
  ["server/src/http/reply.ts", "fastify"],
  ["server/src/http/words.ts", "@latchkey/contract/keys"],
  ["server/src/audit/index.ts", "./model.ts"],
  ["server/src/audit/model.ts", "../kernel/clock.ts"],
  ["server/src/audit/queries.ts", "kysely"],
  ["server/src/audit/queries/list.ts", "../../store/tables.ts"],
  ["server/src/audit/errors.ts", "../kernel/clock.ts"],
  ["server/src/runtime/index.ts", "node:child_process"],
  ["server/src/runtime/launchers/frames.js", "node:fs"],
  ["server/src/runtime/launchers/python.js", "./frames.js"],
  ["server/src/identity/index.ts", "./service.ts"],
  ["server/src/identity/service.ts", "../audit/index.ts"],
  ["server/src/namespaces/index.ts", "../identity/index.ts"],
  ["server/src/namespaces/model.ts", "../kernel/clock.ts"],
  ["server/src/namespaces/model/regions.ts", "@latchkey/contract/keys"],
  ["server/src/access-keys/queries.ts", "../store/tables.ts"],
  ["server/src/functions/index.ts", "../runtime/index.ts"],
  ["server/src/functions/routes.ts", "../http/reply.ts"],
  ["server/src/functions/routes/actions.ts", "@latchkey/contract/keys"],
  ["server/src/functions/actions.test.ts", "../../test/fake-clock.ts"],
  ["server/src/functions/keys.test.ts", "../access-keys/index.ts"],
  ["server/src/config.ts", "./runtime/index.ts"],
  ["server/src/operator.ts", "./config.ts"],
  ["server/src/operator.test.ts", "./operator.ts"],
  ["server/test/fake-clock.ts", "../src/kernel/clock.ts"],
  ["server/test/peek.ts", "../src/audit/queries.ts"],
  ["server/bench/verify.ts", "../test/fake-clock.ts"],
  ["cli/src/main.test.ts", "../../server/test/fake-clock.ts"],
  ["cli/src/main.ts", "@latchkey/contract/keys"],
  ["contract/src/keys.ts", "zod"],
  ["contract/scripts/write.ts", "for-development"],
  ["panel/src/features/namespaces/list.ts", "../../shared/table.ts"],
  ["panel/src/shared/table.ts", "@latchkey/contract/keys"],
];
