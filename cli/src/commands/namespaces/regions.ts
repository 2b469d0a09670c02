import { DATA_CENTERS, type DataCenter } from "@latchkey/contract/namespaces";
import { UsageError } from "../../failure.ts";

/** `nyc` for `nyc1`. */
export const regionOf = (center: DataCenter): string => center.slice(0, 3);

/** Regions and data centers in doctl's order. */
export const REGION_VALUES: readonly string[] = DATA_CENTERS.flatMap((center) => [regionOf(center), center]);

/** The data center that a region or a data center stands for. */
export function parseRegion(text: string): DataCenter {
  const found = DATA_CENTERS.find((center) => center === text || regionOf(center) === text);
  if (found !== undefined) return found;
  throw new UsageError(`'${text}' is not a valid region value`, `Valid region values are ${REGION_VALUES.join(", ")}`);
}
