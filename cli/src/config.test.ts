import { inspect } from "node:util";
import { expect, test } from "vitest";
import { parseConfig } from "./config.ts";
import { UsageError } from "./failure.ts";

test("without any setting the server is the one on this machine", () => {
  const config = parseConfig({});
  expect(config).toMatchObject({ apiUrl: "http://127.0.0.1:3233", token: null, accessKey: null });
  expect(config.folder).toMatch(/latchkey/);
});

test("the flag goes before the environment, Latchkey's variable before DigitalOcean's", () => {
  const environment = {
    LATCHKEY_API_URL: "http://a/",
    LATCHKEY_TOKEN: "ours",
    DIGITALOCEAN_ACCESS_TOKEN: "theirs",
    LATCHKEY_CONFIG_DIR: "/x",
  };
  const config = parseConfig(environment);
  expect(config).toMatchObject({ apiUrl: "http://a", folder: "/x" });
  expect(config.token?.reveal()).toBe("ours");
  expect(parseConfig(environment, { apiUrl: "https://b:1/p/" }).apiUrl).toBe("https://b:1/p");
  expect(parseConfig({ DIGITALOCEAN_ACCESS_TOKEN: "theirs\n" }).token?.reveal()).toBe("theirs");
});

test("an empty variable is one that is not set", () => {
  const environment = { LATCHKEY_API_URL: "", LATCHKEY_TOKEN: " ", LATCHKEY_ACCESS_KEY: "", LATCHKEY_CONFIG_DIR: "" };
  expect(parseConfig(environment)).toMatchObject({ apiUrl: "http://127.0.0.1:3233", token: null, accessKey: null });
});

test("every problem is told at once, by the name of its variable and without its value", () => {
  const environment = { LATCHKEY_API_URL: "localhost:3233", LATCHKEY_ACCESS_KEY: "hunter2" };
  expect(() => parseConfig(environment)).toThrow(UsageError);
  expect(() => parseConfig(environment)).toThrow(/^LATCHKEY_API_URL: .*\nLATCHKEY_ACCESS_KEY: /);
  expect(() => parseConfig(environment)).not.toThrow(/hunter2/);
  expect(() => parseConfig({}, { apiUrl: "x" })).toThrow(/^--api-url: /);
});

test("secrets do not print", () => {
  const { token, accessKey } = parseConfig({ LATCHKEY_TOKEN: "dop_v1_t0k3n", LATCHKEY_ACCESS_KEY: "dof_v1_0:s3cr3t" });
  expect(inspect({ token, accessKey }, { depth: 9 }) + JSON.stringify({ token, accessKey })).not.toMatch(
    /t0k3n|s3cr3t/,
  );
});
