import { defineErrors } from "./kernel/errors.ts";

/** What keeps a server from starting. Shown to the operator as it is. */
export const startErrors = defineErrors("start", {
  port_taken: { status: 500, says: "The port is taken. Stop what uses it, or choose another with --port." },
  cannot_listen: { status: 500, says: "The server cannot listen there. Check --host and --port." },
});

/** What is wrong with the settings. Shown to the operator, every problem on a line of its own. */
export const configErrors = defineErrors("config", {
  invalid: { status: 500, says: "A setting is wrong." },
});
