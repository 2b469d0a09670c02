import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** IPv4 blocks that are not part of the public network (IANA's registry of special-purpose addresses, RFC 6890), and multicast. */
const NOT_PUBLIC_V4 = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by providers
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local; clouds' metadata
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // IETF protocols
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // relays to 6to4, given up
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast
] as const;

/** Exceptions within 2000::/3, the only block from which public IPv6 addresses are given out. */
const NOT_PUBLIC_V6 = [
  ["2001::", 23], // IETF protocols; Teredo among them, which wraps an IPv4 address
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4, which wraps an IPv4 address
  ["3fff::", 20], // documentation
] as const;

const notPublic = new BlockList();
for (const [network, prefix] of NOT_PUBLIC_V4) notPublic.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of NOT_PUBLIC_V6) notPublic.addSubnet(network, prefix, "ipv6");

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** How a network that has IPv6 alone reaches IPv4 (RFC 6052): the last 32 bits are the IPv4 address. */
const nat64 = new BlockList();
nat64.addSubnet("64:ff9b::", 96, "ipv6");

/** Whether an address is one on the public Internet. What is not an address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !notPublic.check(address, "ipv4");
  if (!isIPv6(address)) return false;
  if (nat64.check(address, "ipv6")) return isPublicAddress(lastAsIPv4(address));
  return globalUnicast.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

/** Whether a URL's host may be public: a public address, or a name, of which only resolving it tells more. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 || isPublicAddress(host);
}

function lastAsIPv4(address: string): string {
  // The URL parser writes every form of an IPv6 address in the same way, in hex.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":");
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
