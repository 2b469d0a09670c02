import type { Audit, Origin } from "../audit/index.ts";
import { actorOf, type Identity, type TeamId, type TeamPrincipal, type UserId } from "../identity/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import { appendChange } from "../store/changes.ts";
import type { Store } from "../store/store.ts";
import type { Tx } from "../store/transaction.ts";
import { namespaceErrors } from "./errors.ts";
import { type EffectiveGrants, effectiveGrants, FULL_GRANTS } from "./grants.ts";
import { type DataCenter, type Namespace, type NamespaceId, parseNamespaceId } from "./model.ts";
import {
  findNamespace,
  insertNamespace,
  listNamespaces,
  markDeleted,
  type NamespaceMember,
  prepareMemberLookup,
} from "./queries.ts";

/** Removes what a room keeps for a namespace, in the transaction that deletes the namespace. */
export type Cascade = (tx: Tx, namespaceId: NamespaceId, at: EpochMs) => Promise<void>;

const SANDBOX_LABEL = "sandbox";

/** Namespaces, and the cascade that a deletion sets off. */
export function createNamespaces(deps: {
  store: Store;
  clock: Clock;
  random: Random;
  audit: Audit;
  identity: Pick<Identity, "requireStandingIn">;
  limit: number;
}) {
  const { store, clock, random, audit, identity } = deps;
  const cascades: Cascade[] = [];
  const findMember = prepareMemberLookup(store.committed);

  const require = async (db: Store["db"] | Tx, teamId: TeamId, text: string): Promise<Namespace> => {
    const id = parseNamespaceId(text);
    const found = id === undefined ? undefined : await findNamespace(db, teamId, id);
    if (found === undefined) throw namespaceErrors.not_found();
    return found;
  };

  const createIn = async (
    tx: Tx,
    caller: TeamPrincipal,
    input: { label: string; region: DataCenter },
    origin: Origin,
  ): Promise<Namespace> => {
    const existing = await listNamespaces(tx, caller.teamId);
    if (existing.some(({ label }) => label === input.label)) throw namespaceErrors.label_taken();
    if (existing.length >= deps.limit) throw namespaceErrors.limit_reached();
    const now = clock.now();
    const namespace: Namespace = {
      id: `fn-${random.uuid()}` as NamespaceId,
      teamId: caller.teamId,
      label: input.label,
      region: input.region,
      legacyUuid: random.uuid(),
      createdAt: now,
      updatedAt: now,
    };
    await insertNamespace(tx, namespace);
    await appendChange(tx, { kind: "namespace", targetId: namespace.id, at: now });
    const target = { kind: "namespace", id: namespace.id };
    await audit.record(tx, {
      teamId: caller.teamId,
      actor: actorOf(caller),
      verb: "namespace.create",
      target,
      origin,
      details: { ...input },
    });
    return namespace;
  };

  return {
    /** Rooms that keep something per namespace register here what to remove with it. */
    onDelete: (cascade: Cascade): void => void cascades.push(cascade),

    /** What somebody may do in a namespace at this moment, when it is not a key's grants that say so; null if nothing. */
    grantsOf(namespaceId: NamespaceId, userId: UserId): (NamespaceMember & { grants: EffectiveGrants }) | null {
      const member = findMember(namespaceId, userId);
      return member === undefined ? null : { ...member, grants: effectiveGrants(member.role, FULL_GRANTS) };
    },

    list: (caller: TeamPrincipal): Promise<Namespace[]> => listNamespaces(store.db, caller.teamId),

    /** The caller's own team's namespace; throws `namespace.not_found` for any other id, whatever it is. */
    require: (caller: TeamPrincipal, id: string): Promise<Namespace> => require(store.db, caller.teamId, id),

    /** The same inside a transaction, for a change that must not outlive the namespace. */
    requireIn: (tx: Store["db"] | Tx, caller: TeamPrincipal, id: string): Promise<Namespace> =>
      require(tx, caller.teamId, id),

    create: (caller: TeamPrincipal, input: { label: string; region: DataCenter }, origin: Origin): Promise<Namespace> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, caller, "namespace.create");
        return createIn(tx, caller, input, origin);
      }),

    /** The team's default namespace: the old call for accounts that had just one (do-functions-api 3.6). */
    getOrCreateSandbox: (caller: TeamPrincipal, origin: Origin): Promise<Namespace> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, caller, "namespace.create");
        const existing = (await listNamespaces(tx, caller.teamId)).find(({ label }) => label === SANDBOX_LABEL);
        return existing ?? (await createIn(tx, caller, { label: SANDBOX_LABEL, region: "nyc1" }, origin));
      }),

    /** Deletes the namespace with everything in it; its access keys are dead when this resolves. */
    delete: (caller: TeamPrincipal, id: string, origin: Origin): Promise<void> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, caller, "namespace.delete");
        const namespace = await require(tx, caller.teamId, id);
        const at = clock.now();
        for (const cascade of cascades) await cascade(tx, namespace.id, at);
        await markDeleted(tx, namespace.id, at);
        await appendChange(tx, { kind: "namespace", targetId: namespace.id, at });
        const target = { kind: "namespace", id: namespace.id };
        const details = { label: namespace.label };
        await audit.record(tx, {
          teamId: caller.teamId,
          actor: actorOf(caller),
          verb: "namespace.delete",
          target,
          origin,
          details,
        });
      }),
  };
}

export type Namespaces = ReturnType<typeof createNamespaces>;
