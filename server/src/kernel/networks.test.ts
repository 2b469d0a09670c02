import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areWithin, intersectNetworks, isInNetworks, parseNetwork, sourceOf } from "./networks.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::6", "2001:db8:1:3::/64"],
  ["fe80::1%eth0", "fe80::/64"],
  ["", ""],
])("whoever comes from %j is counted as %s", (address, source) => expect(sourceOf(address)).toBe(source));

describe("a network is written in one canonical way", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7/32"],
    ["  203.0.113.7  ", "203.0.113.7/32"],
    ["203.0.113.0/24", "203.0.113.0/24"],
    ["203.0.113.99/24", "203.0.113.0/24"],
    ["10.255.255.255/8", "10.0.0.0/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1/128"],
    ["2001:db8:ffff::1/32", "2001:db8::/32"],
    ["::/0", "::/0"],
    ["::ffff:203.0.113.7", "203.0.113.7/32"],
    ["::ffff:10.1.2.3/104", "10.0.0.0/8"],
  ])("%j is %s", (text, canonical) => expect(parseNetwork(text)).toBe(canonical));

  const octet = fc.integer({ min: 0, max: 255 });
  const v4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));
  const v6 = fc.ipV6();
  const range = fc.oneof(fc.tuple(v4, fc.integer({ min: 0, max: 32 })), fc.tuple(v6, fc.integer({ min: 0, max: 128 })));

  test("what is canonical stays as it is", () => {
    fc.assert(
      fc.property(range, ([address, bits]) => {
        const canonical = parseNetwork(`${address}/${bits}`);
        // Undefined is for ranges of IPv6 that hold all of IPv4 in mapped form and more.
        if (canonical !== undefined) expect(parseNetwork(canonical)).toBe(canonical);
      }),
    );
  });

  test("a range holds the address it was written with", () => {
    fc.assert(
      fc.property(v4, fc.integer({ min: 0, max: 32 }), (address, bits) => {
        const network = parseNetwork(`${address}/${bits}`);
        expect(network).toBeDefined();
        expect(isInNetworks(address, [network ?? ""])).toBe(true);
        expect(isInNetworks(`::ffff:${address}`, [network ?? ""])).toBe(true);
      }),
    );
  });

  test("an IPv4 address is in a range when their leading bits are the same, and only then", () => {
    const bitsOf = (address: string) =>
      address
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("");
    fc.assert(
      fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (network, caller, bits) => {
        const expected = bitsOf(network).slice(0, bits) === bitsOf(caller).slice(0, bits);
        expect(isInNetworks(caller, [parseNetwork(`${network}/${bits}`) ?? ""])).toBe(expected);
      }),
    );
  });
});

describe("what is no network is refused, never guessed at", () => {
  test.each([
    "",
    "   ",
    "/",
    "/8",
    "localhost",
    "acme.example",
    "10",
    "10/8",
    "10.0/16",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/255.0.0.0",
    "10.0.0.0/0x8",
    "10.0.0.256",
    "256.0.0.1/8",
    "10.0.0.0 /8",
    "::1/129",
    ":::/0",
    "::ffff:10.0.0.1/95",
    "fe80::1%eth0",
    "fe80::1%eth0/64",
    "10.0.0.1,10.0.0.2",
    "*",
    "10.0.0.*",
  ])("%j", (text) => expect(parseNetwork(text)).toBeUndefined());

  test.each([
    // Readers take 010 for ten; the C library takes it for eight.
    "010.0.0.0/8",
    "010.0.0.1",
    "10.0.0.01/32",
    "0x0a.0.0.1/32",
    "167772161/32",
  ])("%j, which two readers may take for two networks", (text) => expect(parseNetwork(text)).toBeUndefined());
});

describe("who is inside", () => {
  test.each([
    { what: "the first address of a range", address: "203.0.113.0", networks: ["203.0.113.0/24"], inside: true },
    { what: "the last one", address: "203.0.113.255", networks: ["203.0.113.0/24"], inside: true },
    { what: "the one before", address: "203.0.112.255", networks: ["203.0.113.0/24"], inside: false },
    { what: "the one after", address: "203.0.114.0", networks: ["203.0.113.0/24"], inside: false },
    { what: "an IPv4 caller over a dual socket", address: "::ffff:10.1.2.3", networks: ["10.0.0.0/8"], inside: true },
    { what: "IPv6 loopback in an IPv4 range", address: "::1", networks: ["0.0.0.0/0"], inside: false },
    { what: "IPv4 in all of IPv6", address: "10.0.0.1", networks: ["::/0"], inside: false },
    { what: "the second of two ranges", address: "::1", networks: ["10.0.0.0/8", "::1/128"], inside: true },
    { what: "a link-local caller with its zone", address: "fe80::1%eth0", networks: ["fe80::/10"], inside: true },
    { what: "no address at all", address: "", networks: ["0.0.0.0/0", "::/0"], inside: false },
    { what: "a name for an address", address: "unknown", networks: ["0.0.0.0/0", "::/0"], inside: false },
    { what: "anybody where there is no range", address: "10.0.0.1", networks: [], inside: false },
  ])("$what: $inside", ({ address, networks, inside }) => expect(isInNetworks(address, networks)).toBe(inside));
});

describe("what two lists of networks have in common", () => {
  test.each([
    [["10.0.0.0/8"], ["10.1.0.0/16", "192.0.2.0/24"], ["10.1.0.0/16"]],
    [["10.0.0.0/8", "192.0.2.7/32"], ["0.0.0.0/0"], ["10.0.0.0/8", "192.0.2.7/32"]],
    [["10.0.0.0/8"], ["192.0.2.0/24"], []],
    [["10.0.0.0/8"], ["::/0"], []],
    [["10.0.0.0/8", "10.1.0.0/16"], ["10.0.0.0/8"], ["10.0.0.0/8"]],
    [[], ["10.0.0.0/8"], []],
  ])("%j and %j: %j", (some, others, both) => {
    expect(intersectNetworks(some, others)).toEqual(both);
    expect(intersectNetworks(others, some)).toEqual(both);
  });

  test("an address is in it exactly if it is in both", () => {
    // Few bits that differ, so that ranges meet often.
    const network = fc
      .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 24, max: 32 }))
      .map(([last, bits]) => parseNetwork(`10.0.0.${last * 16}/${bits}`) ?? "");
    const networks = fc.array(network, { maxLength: 4 });
    fc.assert(
      fc.property(networks, networks, fc.integer({ min: 0, max: 255 }), (some, others, last) => {
        const address = `10.0.0.${last}`;
        const both = isInNetworks(address, some) && isInNetworks(address, others);
        expect(isInNetworks(address, intersectNetworks(some, others))).toBe(both);
      }),
    );
  });

  test.each([
    [["10.1.0.0/16"], ["10.0.0.0/8"], true],
    [["10.0.0.0/8"], ["10.0.0.0/8"], true],
    [["10.0.0.0/7"], ["10.0.0.0/8"], false],
    [["10.1.0.0/16", "192.0.2.1/32"], ["10.0.0.0/8"], false],
    [["::/0"], ["0.0.0.0/0"], false],
    [[], ["10.0.0.0/8"], true],
  ])("%j lies within %j: %j", (networks, bounds, expected) => expect(areWithin(networks, bounds)).toBe(expected));
});
