import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { bearer, createCaller } from "../../test/caller.ts";
import { openConnection, sayRaw } from "../../test/raw-http.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { silentLog } from "../../test/silent-log.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createUnreadable } from "./unreadable.ts";

const requestId = (head = ""): string | undefined => /^x-request-id: (\S+)/m.exec(head)?.[1];
const NO_HTTP = "The request is not valid HTTP.";
const HUGE = "The headers of the request are larger than this server accepts.";
const CONTROL = "/v2/functions/namespaces";
const DATA = "/api/v1/namespaces/_/actions";
const [CONTROL_BAD, DATA_BAD] = [
  { id: "bad_request", message: NO_HTTP },
  { error: NO_HTTP, code: undefined },
];
const broken = "content-length: 1\r\ntransfer-encoding: chunked";

describe("what is no HTTP is refused like anything else", () => {
  test.each([
    { what: "nothing like it", says: "\u0000\u0001\u0002\r\n\r\n", status: 400, body: CONTROL_BAD },
    { what: "a space in the control plane", says: `GET ${CONTROL}/a b HTTP/1.1\r\n`, status: 400, body: CONTROL_BAD },
    { what: "a space in the data plane", says: `GET ${DATA}/a b HTTP/1.1\r\n`, status: 400, body: DATA_BAD },
    { what: "one below an API host's segment", says: `GET /x.co${DATA}/a b HTTP/1.1\r\n`, status: 400, body: DATA_BAD },
    { what: "an unknown method", says: `BREW ${DATA} HTTP/1.1\r\n`, status: 400, body: DATA_BAD },
    { what: "two lengths", says: `PUT ${DATA}/a HTTP/1.1\r\n${broken}\r\n`, status: 400, body: DATA_BAD },
    {
      what: "endless headers",
      says: `GET ${DATA} HTTP/1.1\r\na: ${"x".repeat(20_000)}\r\n`,
      status: 431,
      body: { error: HUGE, code: undefined },
    },
  ])("$what", async ({ says, status, body }) => {
    const { url } = await startTestLatchkey();
    const connection = await openConnection(url);
    connection.send(`${says}host: x\r\n\r\n`);
    const answer = await connection.receive();
    const id = requestId(answer?.head);
    expect(id).toMatch(/./);
    expect(answer?.head).toMatch(/^content-type: application\/json; charset=utf-8$/m);
    expect([answer?.status, JSON.parse(answer?.body ?? "")]).toEqual([
      status,
      "error" in body ? { ...body, code: id } : { ...body, request_id: id },
    ]);
    await connection.closed();
  });
});

test.each([
  [`GET ${CONTROL}`, CONTROL_BAD],
  [`GET ${DATA}`, DATA_BAD],
  ["GET /api/v1/web/fn-1/default/f", DATA_BAD],
  ["GET /nowhere", CONTROL_BAD],
])("%s to no host is no HTTP either", async (line, body) => {
  const { url } = await startTestLatchkey();
  const answer = await sayRaw(url, `${line} HTTP/1.1\r\n\r\n`);
  const id = requestId(answer?.head);
  const said = "error" in body ? { ...body, code: id } : { ...body, request_id: id };
  expect([answer?.status, JSON.parse(answer?.body ?? "")]).toEqual([400, said]);
  expect((await sayRaw(url, `${line} HTTP/1.0\r\n\r\n`))?.status).not.toBe(400);
});

test("whoever expects of the server what it does not know is answered all the same", async () => {
  const { url, token } = await startTestLatchkey();
  const lines = [`GET ${CONTROL} HTTP/1.1`, "host: x", `authorization: ${bearer(token)}`, "expect: miracles", "", ""];
  const answer = await sayRaw(url, lines.join("\r\n"));
  expect([answer?.status, answer?.body]).toEqual([200, '{"namespaces":[]}']);
});

test("a body that breaks off into nonsense is refused in the words of what it was sent to, and changes nothing", async () => {
  const { url, token } = await startTestLatchkey();
  const caller = createCaller(url, token);
  const connection = await openConnection(url);
  connection.send(
    `POST ${CONTROL} HTTP/1.1\r\nhost: x\r\nauthorization: ${bearer(token)}\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"lab\r\n`,
  );
  // Answered only once the server has begun with the other one.
  expect((await caller.send("GET", CONTROL)).status).toBe(200);
  connection.send("zz\r\n");
  const answer = await connection.receive();
  expect([answer?.status, JSON.parse(answer?.body ?? "")]).toEqual([
    400,
    { ...CONTROL_BAD, request_id: requestId(answer?.head) },
  ]);
  await connection.closed();
  expect(JSON.parse((await caller.send("GET", CONTROL)).text).namespaces).toEqual([]);
});

test("nothing is said into the middle of another answer", async () => {
  const server = createServer((_request, response) => void response.writeHead(200).write("begun, "));
  server.on("clientError", createUnreadable({ random: createSeededRandom(), log: silentLog }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const connection = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  connection.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  expect((await connection.receive())?.status).toBe(200);
  connection.send("\u0000\r\n\r\n");
  await connection.closed();
  expect(await connection.receive()).toBeNull();
});

test("a request that does not arrive in time is told so", async () => {
  const server = createServer({ requestTimeout: 20, connectionsCheckingInterval: 10 });
  server.on("clientError", createUnreadable({ random: createSeededRandom(), log: silentLog }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const answer = await sayRaw(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    `GET ${CONTROL} HTTP/1.1\r\n`,
  );
  expect([answer?.status, JSON.parse(answer?.body ?? "")]).toEqual([
    408,
    {
      id: "request_timeout",
      message: "The request took too long to arrive.",
      request_id: requestId(answer?.head),
    },
  ]);
});
