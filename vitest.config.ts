import { defineConfig } from "vitest/config";

/** Real processes and sockets: `x.e2e.test.ts`, wherever the thing it tries out lives. */
const E2E = "**/*.e2e.test.ts";

const rooms = (name: string) => ({
  extends: true as const,
  test: { name, include: [`${name}/**/*.test.ts`], exclude: [E2E, "**/node_modules/**"] },
});

export default defineConfig({
  test: {
    // Explicit, so that the count of tests ends the output wherever the tests run.
    reporters: ["default"],
    pool: "forks",
    // Two cores are what a small CI machine has, and what timeouts below were chosen for.
    maxWorkers: 2,
    // A test that passes at the second try is a finding, not a pass.
    retry: 0,
    allowOnly: false,
    testTimeout: 10_000,
    hookTimeout: 20_000,
    projects: [
      rooms("contract"),
      rooms("server"),
      rooms("cli"),
      // Its tests run whole tools over the whole tree.
      { extends: true, test: { ...rooms("house-rules").test, testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [`{contract,server,cli,examples}/${E2E}`],
          exclude: ["**/node_modules/**"],
          // After everything else and one file at a time: what they time must not wait for a neighbour's processes.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
