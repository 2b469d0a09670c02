import type { RuntimeKind } from "./model.ts";

/** The Node majors that DigitalOcean and OpenWhisk have offered, and the one this server itself runs on. */
const NODE_MAJORS = ["14", "18", "20", "22", "24"];
const NODE_MAJOR_SERVED = "24";

/**
 * The kinds this host can run. An older kind runs on the nearest newer runtime present, which for Node is the
 * one the server runs on; projects written for an older kind then deploy unchanged.
 */
export function availableKinds(): readonly RuntimeKind[] {
  return NODE_MAJORS.map((major) => ({
    family: "nodejs",
    kind: `nodejs:${major}`,
    default: major === NODE_MAJOR_SERVED,
    deprecated: false,
    image: `latchkey/nodejs-v${NODE_MAJOR_SERVED}`,
    requireMain: false,
    attached: true,
  }));
}
