import { expect, test } from "vitest";
import { runCli } from "../test/run-cli.ts";
import type { Command, Group } from "./command.ts";
import { COMMANDS, HIDDEN_COMMANDS } from "./commands.ts";
import { createProgram } from "./program.ts";

/** Every command and group by its words. */
function allOf(
  node: Command | Group,
  words: readonly string[] = [],
): { words: readonly string[]; node: Command | Group }[] {
  const children = node.kind === "group" ? Object.entries(node.commands) : [];
  return [{ words, node }, ...children.flatMap(([name, child]) => allOf(child, [...words, name]))];
}
const ALL = allOf(COMMANDS);
const COMMANDS_ONLY = ALL.flatMap(({ words, node }) => (node.kind === "command" ? [{ words, node }] : []));

/** Parses a line without running what it says. */
const parse = (words: readonly string[]) =>
  createProgram(
    { about: "", version: "", tree: COMMANDS, hidden: HIDDEN_COMMANDS },
    { stdout: process.stdout, stderr: process.stderr },
    async (command, given) => {
      command.prepare(given, { format: undefined, header: true });
    },
  ).parseAsync(words, { from: "user" });

/** As a shell takes a line apart, as far as examples need it. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

test("help reads like this", async () => {
  const pages = [];
  for (const { words } of ALL) {
    const { code, stdout } = await runCli([...words, "--help"]);
    expect(code).toBe(0);
    pages.push(`$ ${["latchkey", ...words, "--help"].join(" ")}\n${stdout}`);
  }
  await expect(pages.join("\n")).toMatchFileSnapshot("help.snapshot.txt");
});

test.each(COMMANDS_ONLY)("$words: every example is a line that the parser understands", async ({ node }) => {
  expect(node.examples.length).toBeGreaterThan(0);
  for (const example of node.examples) {
    const line = typeof example === "string" ? example : example[0];
    const commands = [...line.matchAll(/latchkey ([^|>)<]+)/g)].map((part) => wordsOf(part[1] ?? ""));
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) await parse(words);
  }
});

test.each(COMMANDS_ONLY)("$words: no option hides another one of the same letter", ({ node }) => {
  const letters = ["o", "q", "u", "h", ...Object.values(node.options).flatMap(({ short }) => short ?? [])];
  expect(letters).toEqual([...new Set(letters)]);
});
