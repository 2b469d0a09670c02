import { readFileSync, writeFileSync } from "node:fs";
import { PERMISSIONS, ROLES } from "../src/permissions.ts";

/** Writes docs/permissions.md from the permission table; with `--check` says whether it is what it gives, and writes nothing. */
const COMMITTED = new URL("../../docs/permissions.md", import.meta.url);
const rows = Object.entries(PERMISSIONS).map(([name, { about, roles }]) => {
  const marks = ROLES.map((role) => ((roles as readonly string[]).includes(role) ? "yes" : ""));
  return `| \`${name}\` | ${about} | ${marks.join(" | ")} |`;
});
const wanted = `# What each role may do

Written from \`contract/src/permissions.ts\`, the one table that the server asks at every request; \`latchkey team permissions\` and
\`GET /v2/team/permissions\` show it, too. The scopes of an API token and the grants of an access key narrow it further, never widen it: a
credential may do what both it and its owner's role allow.

| Permission | What | ${ROLES.join(" | ")} |
| --- | --- | ${ROLES.map(() => "---").join(" | ")} |
${rows.join("\n")}
`;

if (!process.argv.includes("--check")) writeFileSync(COMMITTED, wanted);
else if (readFileSync(COMMITTED, "utf8") !== wanted) {
  process.stderr.write(
    "docs/permissions.md is not what contract/src/permissions.ts says. Run: node contract/scripts/write-permissions.ts\n",
  );
  process.exitCode = 1;
}
