import ipaddr from "ipaddr.js";

/** A CIDR range or single address in canonical form; undefined if the text is neither. */
export function parseNetwork(text: string): string | undefined {
  const trimmed = text.trim();
  if (ipaddr.isValidCIDR(trimmed)) {
    const [address, bits] = ipaddr.parseCIDR(trimmed);
    return `${address.toString()}/${bits}`;
  }
  // `isValid` alone takes octal and shortened forms such as 010.1, which readers take for something else.
  if (!ipaddr.IPv6.isValid(trimmed) && !ipaddr.IPv4.isValidFourPartDecimal(trimmed)) return undefined;
  const address = ipaddr.parse(trimmed);
  return `${address.toString()}/${address.kind() === "ipv4" ? 32 : 128}`;
}

/** Whether the address lies in one of the ranges. An IPv4 address that arrives in IPv6 form counts as the IPv4 one. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const caller = ipaddr.process(address);
  return networks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === caller.kind() && caller.match([range, bits]);
  });
}
