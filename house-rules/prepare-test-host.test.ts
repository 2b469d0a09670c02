import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, HOUSE, write } from "./folder.ts";

/** A machine on which `sh` finds these commands and no others. */
type Machine = {
  readonly has: readonly string[];
  readonly user: "root" | "somebody";
  /** When its apt-get manages to install; absent where there is none. */
  readonly installs?: "at once" | "after an update" | "never";
};

function prepare({ has, user, installs }: Machine) {
  const bin = emptyFolder();
  const calls = join(bin, "calls");
  const command = (name: string, script: string) => {
    write(bin, name, `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };

  for (const name of ["cat", "env"]) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  command("id", `echo ${user === "root" ? 0 : 1000}`);
  for (const name of has) command(name, name === "sudo" ? `echo "sudo $1" >> ${calls}; shift; exec "$@"` : "");
  if (installs !== undefined) {
    const works = { "at once": "true", "after an update": `[ -e ${bin}/updated ]`, never: "false" }[installs];
    const act = `case "$*" in *update*) : > ${bin}/updated;; *) echo "E: chatter"; ${works};; esac`;
    command("apt-get", `echo "apt-get $*" >> ${calls}; ${act}`);
  }

  const script = join(HOUSE, "scripts/prepare-test-host.sh");
  const { status, stdout, stderr } = spawnSync("/bin/sh", [script], { env: { PATH: bin }, encoding: "utf8" });
  const words = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  const asked = words.map((line) => line.replace(/ (-qq|-y|-o \S+|--no-install-recommends)/g, ""));
  return { code: status, said: `${stdout}${stderr}`, asked };
}

const ALL = ["zsh", "fish", "ps", "unzip", "chromium"];

test("a machine that has everything is left alone, without a word", () => {
  expect(prepare({ has: ALL, user: "somebody" })).toEqual({ code: 0, said: "", asked: [] });
  expect(prepare({ has: ALL, user: "root", installs: "at once" })).toEqual({ code: 0, said: "", asked: [] });
});

test("root installs what is missing and nothing else", () => {
  const { code, said, asked } = prepare({ has: ["zsh", "unzip", "chromium"], user: "root", installs: "at once" });
  expect({ code, said }).toEqual({ code: 0, said: "Installing what the tests need: fish procps\n" });
  expect(asked).toEqual(["apt-get install fish procps"]);
});

test("package lists are fetched once, and only when installing without them fails", () => {
  const { code, asked } = prepare({
    has: ["zsh", "ps", "unzip", "chromium"],
    user: "root",
    installs: "after an update",
  });
  expect(code).toBe(0);
  expect(asked).toEqual(["apt-get install fish", "apt-get update", "apt-get install fish"]);
});

test("somebody with sudo installs through it, and is not asked for a password nobody can type", () => {
  const { code, asked } = prepare({
    has: ["zsh", "ps", "unzip", "chromium", "sudo"],
    user: "somebody",
    installs: "at once",
  });
  expect(code).toBe(0);
  expect(asked).toEqual(["sudo -n", "apt-get install fish"]);
});

test.each<{ what: string; machine: Machine }>([
  { what: "there is no apt-get", machine: { has: ["ps", "unzip", "chromium"], user: "root" } },
  {
    what: "there is neither root nor sudo",
    machine: { has: ["ps", "unzip", "chromium"], user: "somebody", installs: "at once" },
  },
  {
    what: "the packages cannot be had",
    machine: { has: ["ps", "unzip", "chromium"], user: "root", installs: "never" },
  },
])("when $what, one sentence says what to install, and the run stops", ({ machine }) => {
  const { code, said } = prepare(machine);
  expect(code).toBe(1);
  expect(said).toMatch(/^The tests need packages .* install them and try again: zsh fish$/m);
});

test("what apt-get says is shown when it fails", () => {
  expect(prepare({ has: ["ps", "unzip", "chromium"], user: "root", installs: "never" }).said).toContain("E: chatter");
});
