import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deployFolder } from "../../../test/deploy-folder.ts";
import { fakeNamespace } from "../../../test/fake-namespace.ts";
import { tempFolder } from "../../../test/temp-folder.ts";

const CODE = "exports.main = async () => ({ body: 'hello' });\n";

test("values from .env and the environment reach the server and nothing else", async () => {
  const secrets = [
    "S3CR3T-of-env-file",
    "S3CR3T-of-process",
    "S3CR3T-line-one",
    "S3CR3T-line-two",
    "S3CR3T-unused",
    "S3CR3T-in-file",
  ];
  const root = await tempFolder({
    ".env": `FROM_FILE=${secrets[0]}\nPEM="${secrets[2]}\n${secrets[3]}"\nUNUSED=${secrets[4]}\n`,
    "creds.json": JSON.stringify({ key: secrets[5] }),
    "project.yml": `
packages:
  - name: p
    environment: { A: "\${FROM_FILE}", B: "\${FROM_PROCESS}", PEM: "\${PEM}" }
    parameters: \${<creds.json}
    functions:
      - { name: f, webSecure: "\${FROM_FILE}" }
      - { name: g, parameters: $(FROM_FILE PEM) }
      - { name: "talks" }
`,
    "packages/p/f.js": CODE,
    "packages/p/g.js": CODE,
    "packages/p/talks/build.sh": '#!/bin/sh\ncat ../../../.env ../../../creds.json\necho "$FROM_PROCESS"\nexit 1\n',
  });
  const server = fakeNamespace({ refuse: (request) => request === "PUT actions/p/g", quote: true });
  const environment = { PATH: process.env["PATH"], FROM_PROCESS: secrets[1] };
  const { report, events } = await deployFolder(root, server, { environment });
  const deployers = [...server.packages.values(), ...server.actions.values()].flatMap(({ body }) =>
    body.annotations.filter(({ key }) => key === "deployer"),
  );
  const seen =
    JSON.stringify([report, events, deployers]) + (await readFile(join(root, ".deployed/versions.json"), "utf8"));
  for (const secret of secrets) expect(seen).not.toContain(secret);
  expect(seen).toContain("FROM_FILE=[secret]");
  expect(seen).toMatch(/PUT actions\/p\/g is refused: .*\[secret\]/);
  expect(JSON.stringify([...server.packages.values()])).toContain(secrets[1]);
});
