import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { basic, bearer, createCaller, type HeldKey } from "../caller.ts";
import { temporaryFolder } from "../open-test-store.ts";
import { startServer } from "../server-process.ts";

/** Every way in which somebody might have written a secret down, and get it back or test guesses without the pepper. */
function traces(name: string, secret: string, holder: HeldKey | null): [what: string, bytes: Buffer][] {
  const digest = createHash("sha256").update(secret).digest();
  const hex = /[0-9a-f]{64}$/.exec(secret)?.[0];
  const forms: [string, Buffer][] = [
    ["itself", Buffer.from(secret)],
    ["its random part", Buffer.from(secret.replace(/^do\w+_v1_/, ""))],
    ["backwards", Buffer.from([...secret].reverse().join(""))],
    ["in UTF-16", Buffer.from(secret, "utf16le")],
    ["in hex", Buffer.from(Buffer.from(secret).toString("hex"))],
    ["in base64", Buffer.from(Buffer.from(secret).toString("base64").replace(/=+$/, ""))],
    ["as a plain digest", digest],
    ["as a plain digest in hex", Buffer.from(digest.toString("hex"))],
    ["as a plain digest in base64", Buffer.from(digest.toString("base64"))],
  ];
  if (hex !== undefined) forms.push(["as the bytes it stands for", Buffer.from(hex, "hex")]);
  if (holder !== null) forms.push(["as a Basic credential", Buffer.from(basic(holder).slice("Basic ".length))]);
  return forms.map(([form, bytes]) => [`${name} ${form}`, bytes]);
}

type Place = { readonly where: string; readonly content: Buffer };

function filesBelow(path: string): Place[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return { where: file, content: readFileSync(file) };
  });
}

const findings = (secrets: ReturnType<typeof traces>, places: readonly Place[]): string[] =>
  places.flatMap(({ where, content }) =>
    secrets.filter(([, bytes]) => content.includes(bytes)).map(([what]) => `${what} in ${where}`),
  );

/** Does with keys what people and their mistakes do. Returns the secrets, and every answer that was not to show one. */
async function live(url: string, token: string) {
  const caller = createCaller(url, token);
  const answers: Place[] = [];
  const send: typeof caller.send = async (method, path, options) => {
    const answer = await caller.send(method, path, options);
    const headers = [...answer.headers].join("\n");
    answers.push({ where: `${method} ${path.slice(0, 60)}`, content: Buffer.from(`${headers}\n${answer.text}`) });
    return answer;
  };

  const namespaceId = await caller.addNamespace();
  const keys = `/v2/functions/namespaces/${namespaceId}/keys`;
  const first = await caller.addKey(namespaceId, "first");
  const second = await caller.rotateKey(namespaceId, first.id, "1h");
  const third = await caller.rotateKey(namespaceId, first.id, 0);
  const deleted = await caller.addKey(namespaceId, "deleted");
  const wrong = { id: first.id, secret: deleted.secret };

  const code = "exports.main = (args) => ({ args, env: process.env, argv: process.argv })";
  const json = { exec: { kind: "nodejs:default", code } };
  for (const authorization of [basic(third), basic(first), basic(second), basic(wrong), bearer(third.secret)]) {
    await send("GET", "/api/v1/namespaces", { authorization });
    await send("PUT", "/api/v1/namespaces/_/actions/dump?overwrite=true", { authorization, json });
    await send("POST", "/api/v1/namespaces/_/actions/dump?blocking=true", { authorization, json: { a: 1 } });
    await send("GET", keys, { authorization });
  }
  // People put secrets where they do not belong.
  await send("GET", `/api/v1/namespaces?access_key=${third.secret}`);
  await send("GET", `/v2/functions/namespaces/${third.secret}/keys`);
  await send("GET", `${keys}/${third.secret}`);
  await send("GET", `/nowhere/${third.secret}/%zz`);
  await send("POST", `/v2/functions/namespaces?token=${token}`, { json: { label: "demo" } });
  await send("POST", keys, { json: { secret: third.secret, expires_in: third.secret } });
  await send("PUT", `/api/v1/namespaces/_/actions/${third.secret}/${third.secret}/x`, { authorization: basic(third) });

  await send("GET", keys);
  await send("PUT", `${keys}/${first.id}`, { json: { name: "renamed" } });
  await send("GET", `${keys}/${first.id}`);
  await send("DELETE", `${keys}/${deleted.id}`);
  await send("GET", "/api/v1/namespaces", { authorization: basic(deleted) });
  await send("GET", "/v1/oauth/token/info");
  await send("GET", "/api/v1/namespaces/_/activations?docs=true", { authorization: basic(third) });

  const secrets = [
    ...traces("the token", token, null),
    ...[first, second, third, deleted].flatMap((key, place) => traces(`secret ${place + 1}`, key.secret, key)),
  ];
  return { secrets, answers };
}

test("a secret is in the one answer that shows it, and nowhere else", async () => {
  const path = temporaryFolder();
  const server = await startServer(path, { environment: { LATCHKEY_LOG_LEVEL: "debug" } });
  const { secrets, answers } = await live(server.url, server.token ?? "");
  expect(answers.length).toBeGreaterThan(30);
  expect(secrets.length).toBeGreaterThan(40);
  expect(findings(secrets, answers)).toEqual([]);

  const proc = `/proc/${server.pid}`;
  const process = ["environ", "cmdline"].map((name) => ({ where: name, content: readFileSync(join(proc, name)) }));
  expect(findings(secrets, process)).toEqual([]);
  const running = filesBelow(path);
  expect(running.map(({ where }) => where.split("/").at(-1))).toContain("latchkey.db-wal");
  expect(findings(secrets, running)).toEqual([]);

  const { stdout, stderr } = await server.stop();
  expect(findings(secrets, filesBelow(path))).toEqual([]);
  expect(stderr.split("\n").length).toBeGreaterThan(30);
  expect(findings(secrets, [{ where: "the log", content: Buffer.from(stderr) }])).toEqual([]);
  expect(stdout.split("\n").filter((line) => line !== "")).toHaveLength(1);
});

test("what the server keeps is for the user alone who runs it", async () => {
  const path = join(temporaryFolder(), "data");
  const server = await startServer(path);
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
  expect([modeOf(path), modeOf(join(path, "pepper"))]).toEqual(["700", "600"]);
  expect(filesBelow(path).filter(({ where }) => modeOf(where) !== "600")).toEqual([]);
  await server.stop();
});
