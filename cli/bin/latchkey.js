#!/usr/bin/env node
// The one place where the command line and the server meet. Written so that old versions of Node can read it, to tell them apart.

const OLDEST = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  process.stderr.write(
    `Error: latchkey needs Node.js ${OLDEST} or newer, and this is ${process.version}.\n` +
      "  In a checkout, run: npx latchkey (or npm start), which use the one that npm ci installed\n",
  );
  process.exitCode = 1;
} else {
  Promise.all([import("node:module"), import("node:url")])
    .then(([{ enableCompileCache }, { fileURLToPath }]) => {
      // Keeps what was compiled for the next run: most of the time that a short command takes. In a folder of our own:
      // Node's default is below /tmp, where somebody else might have put compiled code for us to run.
      enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/latchkey", import.meta.url)));
      return import("../src/start.ts");
    })
    .then(({ start }) => start(() => import("@latchkey/server/operator")))
    .catch((error) => {
      process.stderr.write(`Error: latchkey could not start: ${error.stack}\n  Run npm ci, and try again\n`);
      process.exitCode = 1;
    });
}
