import { z } from "zod";
import { route } from "../route.ts";

const RuntimeShape = z
  .object({
    kind: z.string(),
    image: z.string(),
    deprecated: z.boolean(),
    default: z.boolean(),
    attached: z.boolean(),
    requireMain: z.boolean(),
  })
  .meta({ id: "Runtime" });
export type RuntimeShape = z.infer<typeof RuntimeShape>;

export const InfoShape = z
  .object({
    description: z.string(),
    api_paths: z.array(z.string()),
    api_version: z.string(),
    api_version_path: z.string(),
    buildno: z.string(),
    swagger_paths: z.record(z.string(), z.string()),
    limits: z.record(z.string(), z.int()).meta({ description: "Milliseconds, and bytes for memory and logs." }),
    runtimes: z.record(z.string(), z.array(RuntimeShape)).meta({ description: "The kinds of each family." }),
  })
  .meta({ id: "Info" });
export type InfoShape = z.infer<typeof InfoShape>;

/** What this server is and can run; the deployer reads it without credentials. Also answered at `/` and `/api/v1/`. */
export const getInfo = route({
  id: "info.get",
  summary: "Say what this server is and can run",
  method: "GET",
  path: "/api/v1",
  dialect: "openwhisk",
  credential: "none",
  answers: { 200: InfoShape },
  errors: [],
});
