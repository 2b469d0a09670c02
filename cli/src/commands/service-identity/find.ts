import { listServiceIdentities, type ServiceIdentityShape } from "@latchkey/contract/service-identities";
import type { ControlPlane } from "../../api.ts";
import { CliError } from "../../failure.ts";

/**
 * The service identity of this id or name.
 * @throws CliError if there is none
 */
export async function findIdentity(client: ControlPlane, given: string): Promise<ServiceIdentityShape> {
  const { service_identities: identities } = (await client.call(listServiceIdentities)).body;
  const found = identities.find(({ id, name }) => id === given || name === given);
  if (found !== undefined) return found;
  throw new CliError(`There is no service identity '${given}'`, ["See which there are: latchkey identity list"]);
}
