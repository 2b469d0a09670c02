import { describe, expect, test } from "vitest";
import { deployFolder } from "../../../test/deploy-folder.ts";
import { fakeNamespace } from "../../../test/fake-namespace.ts";
import { type Files, tempFolder } from "../../../test/temp-folder.ts";

const CODE = "exports.main = async () => ({ body: 'hello' });\n";

const deployFiles = async (files: Files, server = fakeNamespace(), options: Parameters<typeof deployFolder>[2] = {}) =>
  deployFolder(await tempFolder(files), server, options);

describe("sequences", () => {
  const yaml = (functions: string): Files => ({
    "project.yml": `packages:\n- name: p\n  functions:\n${functions}`,
    "packages/p/f.js": CODE,
  });

  test("come after what they are made of, with their components' full names", async () => {
    const server = fakeNamespace();
    const { report } = await deployFiles(
      yaml("  - {name: outer, sequence: [p/inner, /other/q/x], web: false}\n  - {name: inner, sequence: [p/f, p/f]}"),
      server,
    );
    expect(server.requests.filter((request) => request.startsWith("PUT actions"))).toEqual([
      "PUT actions/p/f",
      "PUT actions/p/inner",
      "PUT actions/p/outer",
    ]);
    expect(server.actions.get("p/outer")?.body.exec).toEqual({
      kind: "sequence",
      components: ["/fn-1/p/inner", "/other/q/x"],
    });
    expect(report.functions.map(({ name }) => name)).toEqual(["p/f", "p/outer", "p/inner"]);
  });

  test("that go in circles fail, with those that need them, and no others", async () => {
    const { results } = await deployFiles(
      yaml(
        "  - {name: a, sequence: [p/b]}\n  - {name: b, sequence: [p/a]}\n  - {name: c, sequence: [p/f, p/a]}\n  - {name: d, sequence: [p/f]}",
      ),
    );
    const circle = { outcome: "failed", reason: "A cycle was detected in mutually dependent sequences" };
    expect(results).toMatchObject({ "p/a": circle, "p/b": circle, "p/c": circle, "p/d": { outcome: "created" } });
  });

  test("that use what is deployed from elsewhere are warned of", async () => {
    const { events } = await deployFiles(yaml("  - {name: s, sequence: [p/f, q/x, /other/q/x]}"));
    expect(events).toContainEqual({
      kind: "warning",
      text: "Sequence 'p/s' contains '/fn-1/q/x', which is in the same namespace but not part of the deployment",
    });
    expect(events.filter(({ kind }) => kind === "warning")).toHaveLength(1);
  });
});

describe("schedules", () => {
  const files = {
    "project.yml": `
packages:
  - name: p
    functions:
      - name: f
        triggers:
          - { name: nightly, type: SCHEDULED, scheduledDetails: { cron: "0 3 * * *", body: { to: ops } } }
          - { name: idle, type: SCHEDULED, enabled: false, scheduledDetails: { cron: "0 4 * * *" } }
`,
    "packages/p/f.js": CODE,
  };

  test("replace those of the same name, after their function is there", async () => {
    const server = fakeNamespace();
    const { report, results } = await deployFiles(files, server);
    expect(server.requests.slice(-5)).toEqual([
      "PUT actions/p/f",
      "DELETE triggers/nightly",
      "POST triggers/nightly",
      "DELETE triggers/idle",
      "POST triggers/idle",
    ]);
    expect(server.triggers.get("nightly")).toEqual({
      name: "nightly",
      function: "p/f",
      type: "SCHEDULED",
      is_enabled: true,
      scheduled_details: { cron: "0 3 * * *", body: { to: "ops" } },
    });
    expect(server.triggers.get("idle")).toMatchObject({ is_enabled: false, scheduled_details: { body: null } });
    expect(results["p/f"]).toMatchObject({
      triggers: [
        { name: "nightly", outcome: "deployed" },
        { name: "idle", outcome: "deployed" },
      ],
    });
    expect(report.ok).toBe(true);
  });

  test("fail without an API token, and the function does not", async () => {
    const { report, results } = await deployFiles(files, fakeNamespace(), { triggers: null });
    expect(results["p/f"]).toMatchObject({
      outcome: "created",
      triggers: [
        {
          name: "nightly",
          outcome: "failed",
          reason:
            "The trigger 'nightly' was not created: schedules need an API token beside the access key; set LATCHKEY_TOKEN and deploy again",
        },
        { name: "idle", outcome: "failed" },
      ],
    });
    expect(report.ok).toBe(false);
  });

  test("that the control API refuses are told, and tried again by an incremental deployment", async () => {
    const root = await tempFolder(files);
    const refusing = fakeNamespace({ refuse: (request) => request === "POST triggers/idle" });
    const { results } = await deployFolder(root, refusing);
    expect(results["p/f"]).toMatchObject({
      triggers: [
        { name: "nightly", outcome: "deployed" },
        {
          name: "idle",
          outcome: "failed",
          reason: "The trigger 'idle' was not created: the control API refused it (POST triggers/idle is refused)",
        },
      ],
    });
    expect((await deployFolder(root, fakeNamespace(), { incremental: true })).results["p/f"]).toMatchObject({
      outcome: "created",
    });
  });
});
