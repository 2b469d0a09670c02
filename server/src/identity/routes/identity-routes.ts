import type { BoundRoute } from "../../http/call.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Identity } from "../service/identity.ts";
import { accountRoutes } from "./account.ts";
import { invitationRoutes } from "./invitations.ts";
import { memberRoutes } from "./members.ts";
import { serviceIdentityRoutes } from "./service-identities.ts";
import { sessionRoutes } from "./sessions.ts";
import { teamRoutes } from "./team.ts";
import { tokenRoutes } from "./tokens.ts";

/** Every route of this room. */
export const identityRoutes = (deps: { identity: Identity; clock: Clock; log: Log }): BoundRoute[] => [
  ...teamRoutes(deps),
  ...memberRoutes(deps),
  ...invitationRoutes(deps),
  ...serviceIdentityRoutes(deps),
  ...tokenRoutes(deps),
  ...sessionRoutes(deps),
  ...accountRoutes(deps),
];
