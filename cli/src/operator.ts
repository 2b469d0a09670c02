import type { AuditVerificationShape } from "@latchkey/contract/audit";

/** Flags that the server understands; what is absent comes from the environment, then from defaults. */
export type OperatorFlags = { data?: string; host?: string; port?: string; publicUrl?: string };

type Team = { readonly id: string; readonly name: string };
type Person = { readonly id: string; readonly email: string; readonly name: string };

/** A first team with its owner, and the one sight of the owner's API token. */
export type FirstTeam = { readonly team: Team; readonly user: Person; readonly token: string };

/** A server that is running. */
export type Serving = {
  /** With the port that was really taken. */
  readonly url: string;
  readonly dataFolder: string;
  /** What this start created, if it was the first. */
  readonly firstRun: FirstTeam | null;
  readonly warnings: readonly string[];
  /** Settles when the server has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Finishes what is under way, then stops. */
  stop(): Promise<void>;
};

/** What checking an export of an audit log has shown, and what the export says of itself. */
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

/** A link to a new password, with the one sight of it. */
export type PasswordLink = { readonly email: string; readonly link: string; readonly expires_at: string };

/** What the command line asks of the server's own code. Expected failures have a `says` sentence. */
export type Operator = {
  serve(flags: OperatorFlags, options: { createFirstTeam: boolean }): Promise<Serving>;
  init(
    flags: OperatorFlags,
    team: { team: string; email: string; name?: string; another?: boolean },
  ): Promise<FirstTeam>;
  /** A link to a new password for somebody who has lost theirs. */
  passwordLink(flags: OperatorFlags, email: string): Promise<PasswordLink>;
  migrate(flags: OperatorFlags): Promise<{ readonly dataFolder: string }>;
  /** Checks an export with nothing but its text; without a key, with the one that it names itself. */
  verifyAuditExport(text: AsyncIterable<string>, options: { publicKey: string | null }): Promise<CheckedExport>;
};
