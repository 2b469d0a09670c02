import type { AuditVerificationShape } from "@latchkey/contract/audit";
import { verificationShape, verifyExport } from "./audit/index.ts";
import { type OperatorFlags, parseConfig, processEnvironment } from "./config.ts";
import { startErrors } from "./errors.ts";
import type { FirstTeam } from "./identity/index.ts";
import { systemClock } from "./kernel/clock.ts";
import { systemRandom } from "./kernel/random.ts";
import { toTimestamp } from "./kernel/timestamp.ts";
import { createLog } from "./log.ts";
import { lockDataFolder, prepareDataFolder, preparePepper } from "./store/data-folder.ts";
import { explainSqliteError } from "./store/sqlite-errors.ts";
import { openStore } from "./store/store.ts";
import { wire, wireIdentity } from "./wire.ts";

export type { OperatorFlags };

/** What setting up made. The token is shown this once; only a keyed hash of it is stored. */
export type FirstRun = {
  readonly team: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly token: string;
};

/** A server that is up. */
export type Serving = {
  readonly url: string;
  readonly dataFolder: string;
  /** Set when this start set an empty folder up. */
  readonly firstRun: FirstRun | null;
  /** What the operator should know, one sentence each. */
  readonly warnings: readonly string[];
  /** Resolves when the server has stopped, by `stop` or by a signal. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
};

const reveal = ({ team, user, token }: FirstTeam): FirstRun => ({ team, user, token: token.reveal() });

/**
 * Starts a server. `createFirstTeam`: set an empty folder up, for callers that can show the token once. Rejects with a
 * `LatchkeyError` whose `says` tells the operator what is wrong and what to do; nothing has been changed then.
 */
export async function serve(flags: OperatorFlags, options: { createFirstTeam: boolean }): Promise<Serving> {
  const config = parseConfig(flags, processEnvironment());
  keepToOurselves();
  const folder = prepareDataFolder(config.dataPath);
  const lock = lockDataFolder(folder);
  const log = createLog(config.logLevel ?? (process.stderr.isTTY ? "warn" : "info"));
  let close = async (): Promise<void> => lock.release();
  try {
    preparePepper(folder, systemRandom);
    const store = await openStore({ folder, log, schema: "create" });
    close = () => store.close().finally(lock.release);
    const latchkey = wire({ config, clock: systemClock, random: systemRandom, log, folder, store });
    close = () => latchkey.close().finally(lock.release);
    const url = await latchkey.listen();
    const isEmpty = !(await latchkey.identity.hasTeam());
    const firstRun =
      isEmpty && options.createFirstTeam
        ? reveal(
            await latchkey.identity.createFirstTeam({ teamName: "My team", email: "owner@localhost", name: "Owner" }),
          )
        : null;
    const { promise: stopped, resolve: hasStopped } = Promise.withResolvers<void>();
    let stopping: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      stopping ??= close().then(hasStopped);
      return stopping;
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
    const warnings = [
      ...(["0.0.0.0", "::"].includes(config.host) && config.publicUrl === null
        ? ["Clients on other machines need an address of this server: set --public-url to the one they use."]
        : []),
      ...(isEmpty && firstRun === null
        ? [`There is no team yet. Run: latchkey init --data ${folder.path} --team NAME --email ADDRESS`]
        : []),
      "Functions run as separate processes but not in a sandbox: let only people deploy whom you trust with this machine.",
    ];
    return { url, dataFolder: folder.path, firstRun, warnings, stopped, stop };
  } catch (error) {
    await close();
    throw explainSqliteError(explainListening(error, config.host, config.port), folder.path);
  }
}

/**
 * Sets an empty data folder up; with `another`, adds a team to one that is, also beside a running server. Rejects with
 * `identity.already_set_up` where there is a team and no more are asked for.
 */
export async function init(
  flags: OperatorFlags,
  input: { team: string; email: string; name?: string; another?: boolean },
): Promise<FirstRun> {
  const config = parseConfig(flags, processEnvironment());
  keepToOurselves();
  const folder = prepareDataFolder(config.dataPath);
  preparePepper(folder, systemRandom);
  const store = await openStore({ folder, log: createLog("silent"), schema: "create" });
  try {
    const identity = wireIdentity({ config, clock: systemClock, random: systemRandom, folder, store });
    const name = input.name ?? input.email.split("@")[0] ?? input.email;
    const team = { teamName: input.team, email: input.email, name };
    return reveal(await (input.another ? identity.createAnotherTeam(team) : identity.createFirstTeam(team)));
  } finally {
    await store.close();
  }
}

/** How somebody gets to a new password. The link is shown this once; only a keyed hash of its secret is stored. */
export type PasswordLink = { readonly email: string; readonly link: string; readonly expires_at: string };

/**
 * Makes a link for a person who has lost their password, for you to pass on; works beside a running server. Rejects with
 * `identity.person_not_found`.
 */
export async function passwordLink(flags: OperatorFlags, email: string): Promise<PasswordLink> {
  const config = parseConfig(flags, processEnvironment());
  keepToOurselves();
  const folder = prepareDataFolder(config.dataPath);
  const store = await openStore({ folder, log: createLog("silent"), schema: "refuse" });
  try {
    const identity = wireIdentity({ config, clock: systemClock, random: systemRandom, folder, store });
    const made = await identity.passwords.linkForOperator(email);
    return { email: made.email, link: made.link.reveal(), expires_at: toTimestamp(made.expiresAt) };
  } finally {
    await store.close();
  }
}

/** Brings a data folder that an older version wrote up to date. Refuses while a server is using it. */
export async function migrate(flags: OperatorFlags): Promise<{ dataFolder: string }> {
  const config = parseConfig(flags, processEnvironment());
  keepToOurselves();
  const folder = prepareDataFolder(config.dataPath);
  const lock = lockDataFolder(folder);
  try {
    const store = await openStore({ folder, log: createLog("silent"), schema: "migrate" });
    await store.close();
    return { dataFolder: folder.path };
  } finally {
    lock.release();
  }
}

/** What checking an export has shown, and what the export says of itself. */
export type CheckedExport = {
  readonly verification: AuditVerificationShape;
  readonly export: {
    readonly team_id: string;
    readonly at: string;
    /** Whether it is a part of the log that was asked for, and not all there was. */
    readonly is_part: boolean;
    readonly public_key: string;
    /** Of the first thing that is not in order. */
    readonly line: number | null;
  };
};

/**
 * Checks an export of an audit log, with nothing but its text. `publicKey`: the key that it has to be signed with; without one, the key
 * that the export names is believed. Rejects with `audit.not_an_export`, `audit.bad_public_key`.
 */
export async function verifyAuditExport(
  text: AsyncIterable<string>,
  { publicKey }: { publicKey: string | null },
): Promise<CheckedExport> {
  const checked = await verifyExport(text, publicKey);
  const { teamId: team_id, at, isPart: is_part, publicKey: public_key, line } = checked;
  return { verification: verificationShape(checked), export: { team_id, at, is_part, public_key, line } };
}

/** What this process creates, its owner alone may read: a data folder may have been made beforehand, open to everybody. */
const keepToOurselves = (): void => void process.umask(0o077);

function explainListening(error: unknown, host: string, port: number): unknown {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return startErrors.port_taken({
      cause: error,
      says: `Port ${port} on ${host} is taken. Stop what uses it, or choose another with --port.`,
    });
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return startErrors.cannot_listen({
      cause: error,
      says: `The server cannot listen on ${host}, port ${port}. Check --host and --port.`,
    });
  }
  return error;
}
