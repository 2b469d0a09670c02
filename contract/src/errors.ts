import { z } from "zod";

/** Body of every 4xx and 5xx of the control plane (DigitalOcean's error schema). */
export const DigitalOceanError = z
  .object({
    id: z.string().meta({ description: "Stable name of the kind of error.", example: "not_found" }),
    message: z.string().meta({ description: "What happened, for people.", example: "namespace not found" }),
    request_id: z.string().meta({ description: "Same as the X-Request-Id header; quote it when asking for help." }),
  })
  .meta({ id: "Error" });
export type DigitalOceanError = z.infer<typeof DigitalOceanError>;

/** Body of every error of the data plane. `code` is the transaction id, equal to the X-Request-ID header, never a number. */
export const OpenWhiskError = z
  .object({
    error: z.string().meta({ example: "The requested resource does not exist." }),
    code: z
      .string()
      .meta({ description: "Transaction id of the request.", example: "hqjYvpZ4ArbkFnhBMZqcUZzTzQxq1BZ1" }),
  })
  .meta({ id: "OpenWhiskError" });
export type OpenWhiskError = z.infer<typeof OpenWhiskError>;
