import type { BoundRoute } from "../../http/call.ts";
import type { Identity } from "../../identity/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Namespaces } from "../../namespaces/index.ts";
import type { AccessKeys } from "../service/access-keys.ts";
import { keyRoutes } from "./keys.ts";
import { lifeCycleRoutes } from "./life-cycle.ts";
import { createShapes } from "./shapes.ts";
import { teamKeyRoutes } from "./team-keys.ts";

/** Every route about access keys. */
export function accessKeyRoutes(deps: {
  accessKeys: AccessKeys;
  namespaces: Namespaces;
  identity: Pick<Identity, "serviceIdentities">;
  clock: Clock;
}): BoundRoute[] {
  const shapes = createShapes(deps);
  return [
    ...keyRoutes({ ...deps, shapes }),
    ...lifeCycleRoutes({ ...deps, shapes }),
    ...teamKeyRoutes({ ...deps, shapes }),
  ];
}
