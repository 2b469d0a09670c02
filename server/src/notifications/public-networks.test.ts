import type { LookupAddress, lookup } from "node:dns";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createWebhookPoster } from "./service/post-webhook.ts";
import { isPublicAddress, isPublicHost } from "./service/public-address.ts";
import { publicOnly } from "./service/public-lookup.ts";

const NOT_PUBLIC = [
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["0.0.0.0", "this host"],
  ["10.0.0.1", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.168.1.1", "private"],
  ["169.254.169.254", "metadata of most clouds"],
  ["100.100.100.200", "metadata of Alibaba's cloud"],
  ["192.0.0.192", "metadata of Oracle's cloud"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.250", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["198.18.0.1", "benchmarks"],
  ["::1", "loopback"],
  ["::", "this host"],
  ["0:0:0:0:0:0:0:1", "loopback, written out"],
  ["::ffff:127.0.0.1", "loopback, mapped"],
  ["::ffff:7f00:1", "loopback, mapped, in hex"],
  ["::ffff:8.8.8.8", "mapped: nobody needs it"],
  ["::127.0.0.1", "loopback, the old compatible form"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local with its zone"],
  ["fec0::1", "site-local"],
  ["fc00::1", "unique local"],
  ["fd00:ec2::254", "metadata of Amazon's cloud"],
  ["ff02::1", "multicast"],
  ["64:ff9b::7f00:1", "loopback, through NAT64"],
  ["64:ff9b::169.254.169.254", "metadata, through NAT64"],
  ["64:ff9b::a00:1", "private, through NAT64"],
  ["64:ff9b:1::808:808", "a local NAT64"],
  ["2002:7f00:1::", "loopback, through 6to4"],
  ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"],
  ["2001:db8::1", "documentation"],
  ["100::1", "discard"],
  ["4000::1", "not given out"],
  ["localhost", "no address"],
  ["", "nothing"],
] as const;

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001:82a::200e",
  "64:ff9b::8.8.8.8",
  "64:ff9b::808:808",
];

describe("an address", () => {
  test.each(NOT_PUBLIC)("%s is not public: %s", (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(PUBLIC)("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));
});

describe("a URL that hides where it leads is seen through:", () => {
  test.each([
    "http://127.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://0/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:0x7f.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0::127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://[fd00:ec2::254]/",
    "http://[64:ff9b::169.254.169.254]/",
  ])("%s", (text) => {
    const url = URL.parse(text);
    expect(url === null || !isPublicHost(url.hostname)).toBe(true);
  });
});

/** A resolver that gives these answers, one after another. */
function resolving(...answers: LookupAddress[][]) {
  let asked = 0;
  const resolve = (_name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(null, answer);
  };
  return { lookup: resolve as typeof lookup, asked: () => asked };
}

const loopback = { address: "127.0.0.1", family: 4 };
const publicly = { address: "1.1.1.1", family: 4 };

describe("a name", () => {
  const ask = (lookup: ReturnType<typeof resolving>["lookup"], all: boolean) =>
    new Promise<unknown>((settle) =>
      publicOnly(lookup)("rebind.example", { all }, (error, found, family) => settle(error ?? [found, family])),
    );

  test.each([true, false])("that leads inside leads nowhere (all: %s)", async (all) => {
    expect(await ask(resolving([loopback, { address: "::1", family: 6 }]).lookup, all)).toBeInstanceOf(Error);
    expect(await ask(resolving([]).lookup, all)).toBeInstanceOf(Error);
  });

  test("that leads inside and outside leads outside", async () => {
    expect(await ask(resolving([loopback, publicly]).lookup, true)).toEqual([[publicly], undefined]);
    expect(await ask(resolving([loopback, publicly]).lookup, false)).toEqual(["1.1.1.1", 4]);
  });

  test("is asked for once: what was judged is what is connected to", async () => {
    const { lookup, asked } = resolving([publicly], [loopback]);
    expect(await ask(lookup, true)).toEqual([[publicly], undefined]);
    expect(asked()).toBe(1);
  });
});

describe("connecting", () => {
  /** Counts connections; answers none. */
  async function startListening() {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    return { port: typeof address === "object" && address !== null ? address.port : 0, connections: () => connections };
  }
  const post = (url: string, deps: Parameters<typeof createWebhookPoster>[0]) =>
    createWebhookPoster(deps)({ url: new URL(url), headers: {}, body: "{}" }, AbortSignal.timeout(5_000));
  const REFUSED = { kind: "failed", error: "the name leads to no public address" };

  test.each(["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]", "[::1]"])(
    "to %s is refused before a byte is sent",
    async (host) => {
      const { port, connections } = await startListening();
      expect(await post(`https://${host}:${port}/`, { toPrivateNetworks: false })).toEqual(REFUSED);
      expect(connections()).toBe(0);
    },
  );

  test("to a name that turned inside after it was set is refused (rebinding)", async () => {
    const { port, connections } = await startListening();
    const { lookup } = resolving([loopback]);
    const url = `https://rebind.example:${port}/`;
    expect(await post(url, { toPrivateNetworks: false, lookup })).toEqual(REFUSED);
    expect(connections()).toBe(0);
  });

  test("to a name that leads nowhere reads the same: nobody can ask for the names there are inside", async () => {
    const unknown = ((_name: string, _options: unknown, callback: (error: Error) => void) =>
      callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }))) as typeof lookup;
    expect(await post("https://nowhere.example/", { toPrivateNetworks: false, lookup: unknown })).toEqual(REFUSED);
  });

  test("in the clear is refused although the address was fine when it was set", async () => {
    const { port, connections } = await startListening();
    const outcome = await post(`http://127.0.0.1:${port}/`, { toPrivateNetworks: false });
    expect(outcome).toEqual({ kind: "refused", error: "url must begin with https://" });
    expect(connections()).toBe(0);
  });

  test("inside works where the operator allows it, for names as well", async () => {
    const { port, connections } = await startListening();
    await post(`http://127.0.0.1:${port}/`, { toPrivateNetworks: true });
    await post(`http://localhost:${port}/`, { toPrivateNetworks: true });
    expect(connections()).toBe(2);
  });

  test("to https is encrypted", async () => {
    const { port, connections } = await startListening();
    const outcome = await post(`https://127.0.0.1:${port}/`, { toPrivateNetworks: true });
    expect(connections()).toBe(1);
    expect(outcome).toMatchObject({ kind: "failed", error: expect.stringMatching(/^no connection/) });
  });
});
