import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { BAD_IMPORTS, GOOD_IMPORTS } from "./bad-imports.ts";
import { HOUSE, write } from "./folder.ts";

const WORKSPACES = { contract: "@latchkey/contract", server: "@latchkey/server", cli: "latchkey" };
const DEPENDENCIES = ["zod", "kysely", "fastify"];

/**
 * Builds in `folder` a house laid out like ours whose files make the imports of `bad-imports.ts`.
 * Its workspaces find each other by name, as ours do: a checker that cannot follow names sees nothing wrong.
 */
export function buildBadHouse(folder: string): void {
  copyFileSync(join(HOUSE, "tsconfig.json"), join(folder, "tsconfig.json"));
  mkdirSync(join(folder, "node_modules/@latchkey"), { recursive: true });

  const dependencies = Object.fromEntries(DEPENDENCIES.map((name) => [name, "*"]));
  for (const name of DEPENDENCIES) symlinkSync(join(HOUSE, "node_modules", name), join(folder, "node_modules", name));
  for (const [part, name] of Object.entries(WORKSPACES)) {
    const exports = { "./*": "./src/*.ts" };
    const manifest = { name, exports, dependencies, devDependencies: { "for-development": "*" } };
    write(folder, `${part}/package.json`, JSON.stringify(manifest));
    symlinkSync(join(folder, part), join(folder, "node_modules", name));
  }
  for (const name of ["for-development", "undeclared"]) {
    write(folder, `node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
    write(folder, `node_modules/${name}/index.js`, "");
  }

  for (const { file, imports } of BAD_IMPORTS) {
    // Types only, wherever the language has them: the imports that a checker overlooks first.
    write(folder, file, file.endsWith(".js") ? `import "${imports}";\n` : `import type * as it from "${imports}";\n`);
  }
  for (const [file, imports] of GOOD_IMPORTS) write(folder, file, `import "${imports}";\n`);
}
