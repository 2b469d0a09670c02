import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-cli.ts";
import { Secret } from "../secret.ts";
import type { Connection } from "./connection.ts";
import { createConnectionStore } from "./store.ts";

const connection = (namespace: string, secret = "s3cr3t"): Connection => ({
  namespace,
  label: `label of ${namespace}`,
  apiHost: "http://127.0.0.1:3233",
  accessKey: { id: "dof_v1_0", secret: new Secret(secret) },
});

function newStore(folder = join(temporaryFolder(), "config")) {
  const warnings: string[] = [];
  return { folder, warnings, store: createConnectionStore(folder, (text) => warnings.push(text)) };
}
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("keeping connections", () => {
  test("what is kept comes back, secret included, and the newest is the current one", async () => {
    const { store } = newStore();
    await store.keep(connection("fn-1", "one"));
    await store.keep(connection("fn-2", "two"));
    expect((await store.list()).map(({ namespace }) => namespace)).toEqual(["fn-1", "fn-2"]);
    expect((await store.current())?.accessKey.secret.reveal()).toBe("two");
    await store.use("fn-1");
    expect(await store.current()).toMatchObject({ namespace: "fn-1", label: "label of fn-1" });
  });

  test("a second connection to a namespace takes the place of the first", async () => {
    const { store } = newStore();
    await store.keep(connection("fn-1", "old"));
    await store.keep(connection("fn-1", "new"));
    expect(await store.list()).toHaveLength(1);
    expect((await store.current())?.accessKey.secret.reveal()).toBe("new");
  });

  test("nothing is kept at first", async () => {
    const { store } = newStore();
    expect(await store.list()).toEqual([]);
    expect(await store.current()).toBeNull();
    expect(await store.forget("fn-1")).toBe(false);
  });

  test("what is forgotten is gone from the disk, and is not the current one any more", async () => {
    const { store, folder } = newStore();
    await store.keep(connection("fn-1"));
    await store.keep(connection("fn-2"));
    expect(await store.forget("fn-2")).toBe(true);
    expect(await store.current()).toBeNull();
    expect(readdirSync(join(folder, "connections"))).toEqual(["fn-1.json"]);
  });

  test("forgetting another connection leaves the current one", async () => {
    const { store } = newStore();
    await store.keep(connection("fn-1"));
    await store.keep(connection("fn-2"));
    await store.forget("fn-1");
    expect(await store.currentNamespace()).toBe("fn-2");
  });

  test("a name that would lead out of the folder is not forgotten, and not used", async () => {
    const { store, folder } = newStore();
    await store.keep(connection("fn-1"));
    writeFileSync(join(folder, "precious.json"), "{}");
    expect(await store.forget("../precious")).toBe(false);
    expect(readdirSync(folder)).toContain("precious.json");
    writeFileSync(join(folder, "current"), "../precious\n");
    expect(await store.current()).toBeNull();
  });
});

describe("nobody else can read a secret", () => {
  test("files are readable by their owner alone, folders too, whatever the umask", async () => {
    const before = process.umask(0);
    const { store, folder } = newStore();
    await store.keep(connection("fn-1"));
    process.umask(before);
    expect(mode(folder)).toBe("700");
    expect(mode(join(folder, "connections"))).toBe("700");
    expect(mode(join(folder, "connections/fn-1.json"))).toBe("600");
    expect(mode(join(folder, "current"))).toBe("600");
  });

  test("a file that was made readable is mended by the next connection", async () => {
    const { store, folder } = newStore();
    await store.keep(connection("fn-1"));
    chmodSync(join(folder, "connections/fn-1.json"), 0o644);
    await store.keep(connection("fn-1"));
    expect(mode(join(folder, "connections/fn-1.json"))).toBe("600");
  });

  test("a file that others can read is used, with a warning that says what to do", async () => {
    const { store, folder, warnings } = newStore();
    await store.keep(connection("fn-1"));
    expect(warnings).toEqual([]);
    chmodSync(join(folder, "connections/fn-1.json"), 0o640);
    expect(await store.current()).not.toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/others? .*chmod 600 '.*fn-1\.json'/)]);
  });
});

describe("a file is replaced as a whole or not at all", () => {
  test("a file that cannot be understood is named, and left alone", async () => {
    const { store, folder } = newStore();
    await store.keep(connection("fn-1"));
    const file = join(folder, "connections/fn-1.json");
    writeFileSync(file, '{"namespace": "fn-1", "half');
    await expect(store.current()).rejects.toThrow(`${file} cannot be understood`);
    expect(readFileSync(file, "utf8")).toContain("half");
  });

  test("a write that fails leaves what was there and no draft with a secret", async () => {
    const { store, folder } = newStore();
    await store.keep(connection("fn-1"));
    // A folder where the file should go: the last step, renaming, fails.
    mkdirSync(join(folder, "connections/fn-2.json"));
    await expect(store.keep(connection("fn-2"))).rejects.toThrow();
    expect(readdirSync(join(folder, "connections")).sort()).toEqual(["fn-1.json", "fn-2.json"]);
    expect(await store.currentNamespace()).toBe("fn-1");
  });

  test("a reader never sees half a file while it is written over and over", async () => {
    const { store } = newStore();
    const long = (letter: string) => letter.repeat(20_000);
    await store.keep(connection("fn-1", long("a")));
    const write = async () => {
      for (const letter of "bcdefghij") await store.keep(connection("fn-1", long(letter)));
    };
    const read = async () => {
      for (let turn = 0; turn < 60; turn++) {
        expect((await store.current())?.accessKey.secret.reveal()).toMatch(/^(.)\1{19999}$/);
      }
    };
    await Promise.all([write(), read(), read()]);
  });

  test("processes that connect at the same time lose none of their connections", async () => {
    const { store, folder } = newStore();
    const script = `
      import { createConnectionStore } from ${JSON.stringify(join(import.meta.dirname, "store.ts"))};
      import { Secret } from ${JSON.stringify(join(import.meta.dirname, "../secret.ts"))};
      const store = createConnectionStore(process.argv[1], () => undefined);
      for (let turn = 0; turn < 20; turn++) {
        await store.keep({ namespace: "fn-" + process.argv[2] + "-" + turn, label: null, apiHost: "http://x",
          accessKey: { id: "dof_v1_0", secret: new Secret("s") } });
      }`;
    const run = (name: string) =>
      promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script, folder, name]);
    await Promise.all(["a", "b", "c"].map(run));
    expect(await store.list()).toHaveLength(60);
    expect(await store.current()).toMatchObject({ namespace: expect.stringMatching(/^fn-[abc]-19$/) });
  });
});
