import ipaddr from "ipaddr.js";

const ADDRESS_AND_PREFIX = /^([^/%]+)(?:\/(\d{1,3}))?$/;

/** A CIDR range or single address in canonical form, no bit set beyond the prefix; undefined if the text is neither. */
export function parseNetwork(text: string): string | undefined {
  const [, written = "", prefix] = ADDRESS_AND_PREFIX.exec(text.trim()) ?? [];
  // The library alone takes octal and shortened forms such as 010.1, which readers take for something else.
  if (!ipaddr.IPv6.isValid(written) && !ipaddr.IPv4.isValidFourPartDecimal(written)) return undefined;
  const width = widthOf(ipaddr.parse(written));
  // An IPv4 range in IPv6 form is the IPv4 range, as an address in that form is the IPv4 address.
  const address = ipaddr.process(written);
  const bits = Number(prefix ?? width) - (width - widthOf(address));
  if (bits < 0 || bits > widthOf(address)) return undefined;
  const family = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
}

const widthOf = (address: ipaddr.IPv4 | ipaddr.IPv6): number => (address.kind() === "ipv4" ? 32 : 128);

/** Whether the address lies in one of the ranges. An IPv4 address that arrives in IPv6 form counts as the IPv4 one. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const caller = ipaddr.process(address);
  return networks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === caller.kind() && caller.match([range, bits]);
  });
}

/**
 * Whom to count an address with: itself, or its /64 of IPv6, which is the least that anybody is given. So nobody is many by having
 * many addresses. Any other text stays as it is.
 */
export function sourceOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const caller = ipaddr.process(address);
  return caller.kind() === "ipv4" ? caller.toString() : `${ipaddr.IPv6.networkAddressFromCIDR(`${caller}/64`)}/64`;
}

/** Whether one range has every address of the other; both canonical. */
function holds(outer: string, inner: string): boolean {
  const [address = "", bits] = inner.split("/");
  return Number(bits) >= Number(outer.split("/")[1]) && isInNetworks(address, [outer]);
}

/** Canonical ranges in one order, none inside another: the same addresses are not said twice. */
export const withoutRepetition = (networks: readonly string[]): string[] =>
  [...new Set(networks)]
    .filter((network, _, all) => !all.some((other) => other !== network && holds(other, network)))
    .sort();

/** The ranges whose addresses lie in both lists. Of two ranges, one has the other in it or they have nothing in common. */
export const intersectNetworks = (some: readonly string[], others: readonly string[]): string[] =>
  withoutRepetition(
    some.flatMap((one) => others.flatMap((other) => (holds(one, other) ? [other] : holds(other, one) ? [one] : []))),
  );

/** Whether each of these ranges lies within one of those. */
export const areWithin = (networks: readonly string[], bounds: readonly string[]): boolean =>
  networks.every((network) => bounds.some((bound) => holds(bound, network)));
