import { describe, expect, test } from "vitest";
import { COMMANDS } from "../commands.ts";
import { GLOBAL_OPTIONS } from "../program.ts";
import { suggest } from "./suggest.ts";

/** What may stand where the cursor is, at the end of the line. */
function at(line: string): string | readonly string[] {
  const suggestions = suggest(COMMANDS, GLOBAL_OPTIONS, line.split(" "));
  return suggestions.kind === "words" ? suggestions.words.map(({ value }) => value) : suggestions.kind;
}

test.each([
  { line: "namesp", offers: ["namespaces"] },
  { line: "con", offers: ["connect", "connections"] },
  { line: "connections ", offers: ["list", "use", "forget"] },
  { line: "ns li", offers: ["list", "list-regions"] },
  { line: "key create --exp", offers: ["--expiration"] },
  { line: "key create --name --exp", offers: [] },
  { line: "key create -n x --exp", offers: ["--expiration"] },
  { line: "-o ", offers: ["text", "json"] },
  { line: "ns list --output j", offers: ["json"] },
  { line: "ns list --output = j", offers: ["json"] },
  { line: "ns create --region ny", offers: ["nyc", "nyc1"] },
  { line: "--quiet key l", offers: ["list"] },
  { line: "-o json key l", offers: ["list"] },
  { line: "completion ", offers: ["bash", "zsh", "fish"] },
  { line: "completion bash ", offers: [] },
  { line: "deploy ", offers: "folders" },
  { line: "deploy . --env ", offers: "files" },
  { line: "deploy . ", offers: [] },
  { line: "connections use ", offers: "connections" },
  { line: "functions invoke hello -P ", offers: "files" },
  { line: "functions invoke -- --", offers: [] },
  { line: "undeploy a b --p", offers: ["--packages", "--project"] },
  { line: "nonsense ", offers: [] },
])("latchkey $line| offers $offers", ({ line, offers }) => {
  expect(at(line)).toEqual(offers);
});

describe("what is not advertised", () => {
  test("is not offered", () => {
    expect(at("")).not.toContain("serverless");
    expect(at("ns create --no-")).toEqual(["--no-header"]);
  });
});
