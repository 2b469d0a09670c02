// Who may import whom. Each rule has a file in fixtures/bad-house that breaks it; boundaries.test.ts checks that it fires.
// A piece of a room's furniture is a file (`queries.ts`) or, once it outgrew that, a folder (`queries/…`).

/** Which other rooms a room may enter, through their front doors. A new arrow needs a sentence in the commit that adds it. */
const MAY_ENTER = {
  audit: [],
  runtime: [],
  notifications: ["audit"],
  identity: ["notifications", "audit"],
  namespaces: ["identity", "audit"],
  policy: ["identity", "namespaces", "audit"],
  "access-keys": ["identity", "namespaces", "policy", "notifications", "audit"],
  functions: ["identity", "namespaces", "runtime", "audit"],
  schedules: ["identity", "namespaces", "audit"],
};

const SERVER = "^server/src/";
const ROOM = `${SERVER}(${Object.keys(MAY_ENTER).join("|")})/`;
/** What stands beside the rooms: main, wire, config, operator. They join things; nothing but tests joins them. */
const WIRING = `${SERVER}[^/]+\\.ts$`;
/** Code that runs in no product: tests and what they and the benchmarks share. */
const NOT_PRODUCT = ["\\.test\\.ts$", "^(contract|server|cli)/(test|bench)/"];
const NOT_TEST = NOT_PRODUCT[0];

/** A room's pieces of these names. `model` also stands for `model-secrets.ts` and the like. */
const furniture = (...names) => `${ROOM}(${names.join("|").replace("model", "model[-a-z]*")})(/|\\.ts$)`;
/** Everything in a room but the pieces of these names. */
const furnitureOtherThan = (...names) => `${ROOM}(?!(${names.join("|")})(/|\\.ts$))`;

const no = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    no(
      "no-cycles",
      "Two files that need each other are one idea: join them, or lift out what they share.",
      {},
      { circular: true },
    ),
    no(
      "everything-resolves",
      "An import that cannot be found is an import that no rule here can judge.",
      {},
      { couldNotResolve: true },
    ),
    no(
      "declared-where-imported",
      "What the product imports is a dependency of its own workspace, not one that happens to be installed.",
      { path: "^(contract|server|cli)/", pathNot: [...NOT_PRODUCT, "^(contract|server|cli)/scripts/"] },
      { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "npm-optional", "npm-peer"] },
    ),
    no(
      "harness-is-for-tests",
      "Fakes and builders never run in the product.",
      { path: "^(contract|server|cli)/", pathNot: NOT_PRODUCT },
      { path: NOT_PRODUCT },
    ),

    no(
      "kernel-is-bottom",
      "The kernel has no domain words, so it needs nobody.",
      { path: `${SERVER}kernel/`, pathNot: NOT_TEST },
      { path: "^(server|contract|cli|panel)/", pathNot: `${SERVER}kernel/` },
    ),
    no(
      "store-and-http-know-no-room",
      "Rooms stand on them, not the reverse.",
      { path: `${SERVER}(store|http)/`, pathNot: NOT_TEST },
      { path: [ROOM, WIRING] },
    ),
    no(
      "enter-by-the-front-door",
      "Another room is its index.ts; the rest is its own affair.",
      { path: ROOM },
      { path: ROOM, pathNot: [`${SERVER}$1/`, `${ROOM}index\\.ts$`] },
    ),
    no(
      "wiring-uses-the-front-door",
      "Wiring joins rooms; it does not reach into them.",
      { path: WIRING },
      { path: ROOM, pathNot: `${ROOM}index\\.ts$` },
    ),
    ...Object.entries(MAY_ENTER).map(([room, open]) =>
      no(
        `who-${room}-may-visit`,
        "Only the arrows of MAY_ENTER exist.",
        { path: `${SERVER}${room}/`, pathNot: NOT_TEST },
        { path: ROOM, pathNot: `${SERVER}(${[room, ...open].join("|")})/` },
      ),
    ),
    no(
      "only-wiring-wires",
      "A room gets what it needs; it does not fetch it.",
      { path: ROOM, pathNot: NOT_TEST },
      { path: WIRING },
    ),

    no(
      "model-is-pure",
      "Words and rules need nothing but each other and the kernel's types.",
      { path: furniture("model"), pathNot: NOT_TEST },
      { path: [`${SERVER}(store|http)/`, furniture("queries", "service", "routes"), "node_modules/"] },
    ),
    no(
      "model-does-no-io",
      "A rule that reads a file or a clock cannot be a table in a test.",
      { path: furniture("model"), pathNot: NOT_TEST },
      { dependencyTypes: ["core"] },
    ),
    no(
      "errors-stand-alone",
      "A catalogue is a list; what it needs is defineErrors.",
      { path: furniture("errors"), pathNot: NOT_TEST },
      { path: ["^(server|contract)/", "node_modules/"], pathNot: [`${SERVER}kernel/`, `${SERVER}$1/errors/`] },
    ),
    no(
      "sql-lives-in-queries",
      "Rows never leave the queries of the room that owns the table.",
      { path: furnitureOtherThan("queries"), pathNot: NOT_TEST },
      { path: [`${SERVER}store/tables`, "node_modules/kysely/"] },
    ),
    no(
      "database-drivers-live-in-store",
      "Which database it is, only the store knows.",
      { path: SERVER, pathNot: [NOT_TEST, `${SERVER}store/`] },
      { path: ["^(node:)?sqlite$", "node_modules/pg/"] },
    ),
    no(
      "http-lives-in-routes",
      "A use case must work the same from a test, a command or a schedule.",
      { path: furnitureOtherThan("routes"), pathNot: NOT_TEST },
      { path: `${SERVER}http/` },
    ),
    no(
      "framework-lives-in-http",
      "Replacing the web framework is a change to one folder.",
      { path: SERVER, pathNot: [NOT_TEST, `${SERVER}http/`] },
      { path: "node_modules/(fastify|@fastify)/" },
    ),
    no(
      "routes-go-through-the-service",
      "A route that reads a table skips the rules of its room.",
      { path: furniture("routes"), pathNot: NOT_TEST },
      { path: [furniture("queries"), `${SERVER}store/`] },
    ),
    no(
      "contract-is-spoken-at-the-edge",
      "Wire words are translated once, in routes; a model may take a closed list of them (scopes, regions) as its own.",
      { path: SERVER, pathNot: [NOT_TEST, `${SERVER}http/`, WIRING, furniture("routes", "model")] },
      { path: "^contract/" },
    ),
    no(
      "runtime-stands-alone",
      "It runs code for whoever asks, and knows neither people nor HTTP.",
      { path: `${SERVER}runtime/`, pathNot: NOT_TEST },
      { path: [`${SERVER}(http|store)/`, "^contract/"] },
    ),
    no(
      "launchers-stand-alone",
      "They run inside a function's process, where the house is not installed.",
      { path: `${SERVER}runtime/launchers/`, pathNot: NOT_TEST },
      { path: ["^(server|contract|cli)/", "node_modules/"], pathNot: `${SERVER}runtime/launchers/` },
    ),

    no(
      "clients-see-only-the-contract",
      "The command line is a client like any other; only its bin may start a server.",
      { path: "^(cli|panel)/", pathNot: ["^cli/bin/latchkey\\.js$", ...NOT_PRODUCT] },
      { path: "^server/" },
    ),
    no(
      "the-bin-asks-the-operator",
      "What the command line may ask of the server is operator.ts.",
      { path: "^cli/bin/" },
      { path: "^server/", pathNot: `${SERVER}operator\\.ts$` },
    ),
    no(
      "contract-knows-no-app",
      "It describes the API; whoever serves or calls it imports it.",
      { path: "^contract/", pathNot: NOT_TEST },
      { path: "^(server|cli|panel)/" },
    ),
    no(
      "contract-runs-in-a-browser",
      "The panel imports it.",
      { path: "^contract/src/", pathNot: NOT_TEST },
      { path: ["node_modules/"], pathNot: "node_modules/zod/" },
    ),
    no(
      "contract-asks-nothing-of-node",
      "The panel imports it.",
      { path: "^contract/src/", pathNot: NOT_TEST },
      { dependencyTypes: ["core"] },
    ),
    no(
      "panel-features-are-strangers",
      "What two features need belongs in shared/ or in app/.",
      { path: "^panel/src/features/([^/]+)/" },
      { path: "^panel/src/features/", pathNot: "^panel/src/features/$1/" },
    ),
  ],
  options: {
    // Type-only imports count: what a file must know is what it depends on.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    // Without this, `@latchkey/server/...` stays unresolved and slips through.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default", "node"] },
  },
};
