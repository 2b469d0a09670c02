import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parseAccessKey, readAccessKey } from "./access-key.ts";

const ID = "dof_v1_64bc85eabdf7ce22d376d7d171f7a8b4";
const opened = (parsed: ReturnType<typeof parseAccessKey>) =>
  "problem" in parsed ? parsed : { id: parsed.id, secret: parsed.secret.reveal() };

describe("an access key as people have it", () => {
  test("is id and secret, with a colon between them and perhaps a line break behind", () => {
    expect(opened(parseAccessKey(`  ${ID}:s3cr3t\n`))).toEqual({ id: ID, secret: "s3cr3t" });
  });

  // do-functions-api 7.4
  const expected = "(expected format: dof_v1_<access_key_id>:<secret>)";
  test.each([
    { what: "no prefix", pair: "abc:s3cr3t", says: "access-key must start with 'dof_v1_' prefix" },
    { what: "nothing", pair: "", says: "access-key must start with 'dof_v1_' prefix" },
    { what: "no colon", pair: `${ID}s3cr3t`, says: "access-key must contain ':' separator" },
    { what: "two colons", pair: `${ID}:s3:cr3t`, says: "access-key must contain exactly one ':' separator" },
    {
      what: "an empty id",
      pair: "dof_v1_:s3cr3t",
      says: "access-key token part cannot be empty after 'dof_v1_' prefix",
    },
    { what: "an empty secret", pair: `${ID}:`, says: "access-key secret part cannot be empty" },
    { what: "two lines", pair: `${ID}:s3cr3t\nmore`, says: "access-key must not contain spaces or line breaks" },
  ])("$what is refused in doctl's words, without repeating it", ({ pair, says }) => {
    const parsed = parseAccessKey(pair);
    expect(parsed).toEqual({ problem: `${says} ${expected}` });
  });

  test("its secret does not print", () => {
    const key = parseAccessKey(`${ID}:s3cr3t`);
    expect(JSON.stringify(key) + inspect(key) + String("secret" in key && key.secret)).not.toContain("s3cr3t");
  });
});

describe("standard input", () => {
  test("may be a key", () => {
    expect(opened(readAccessKey(`${ID}:s3cr3t\n`))).toEqual({ id: ID, secret: "s3cr3t" });
  });

  test("may be what `key create --output json` prints", () => {
    const json = JSON.stringify({ access_key: { id: ID, name: "ci", secret: "s3cr3t" } }, null, 2);
    expect(opened(readAccessKey(`\n${json}\n`))).toEqual({ id: ID, secret: "s3cr3t" });
  });

  test.each(['{"errors":[]}', '{"access_key":{"id":"x"}}', "{", '{"access_key":null}'])("may not be %s", (text) => {
    expect(readAccessKey(text)).toHaveProperty("problem");
  });
});
