import { readFileSync, writeFileSync } from "node:fs";
import { CHAPTERS } from "../src/all-routes.ts";
import { toOpenApi } from "../src/openapi.ts";

/** Writes openapi.json from the route descriptions; with `--check` says whether it is what they give, and writes nothing. */
const COMMITTED = new URL("../openapi.json", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const wanted = `${JSON.stringify(toOpenApi(CHAPTERS, version), null, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(COMMITTED, wanted);
else if (readFileSync(COMMITTED, "utf8") !== wanted) {
  process.stderr.write(
    "contract/openapi.json is not what the routes in contract/src say. Run: node contract/scripts/write-openapi.ts\n",
  );
  process.exitCode = 1;
}
