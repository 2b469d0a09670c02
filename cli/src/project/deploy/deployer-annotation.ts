import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, relative } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "../model.ts";

/** What the `deployer` annotation says of where a deployment came from (openwhisk-api 12.7). */
export type Deployer = {
  readonly user: string;
  readonly repository?: string;
  readonly projectPath: string;
  /** First eight digits, with `++` behind them when there were uncommitted changes. */
  readonly commit?: string;
};

const GIT_TIMEOUT_MS = 5000;
const COMMIT_LENGTH = 8;

/** Asks git; a project outside any repository is known by its folder's name and the user's. */
export async function describeDeployer(root: string, environment: Environment): Promise<Deployer> {
  const git = async (...args: string[]): Promise<string | null> => {
    try {
      const options = { cwd: root, env: environment, timeout: GIT_TIMEOUT_MS };
      return (await promisify(execFile)("git", args, options)).stdout.trim();
    } catch {
      return null;
    }
  };
  const [top, head] = await Promise.all([git("rev-parse", "--show-toplevel"), git("rev-parse", "HEAD")]);
  if (top === null || head === null) return { user: userName(), projectPath: basename(root) };
  const [user, remote, changes] = await Promise.all([
    git("config", "--get", "user.email"),
    git("config", "--get", "remote.origin.url"),
    git("status", "--porcelain"),
  ]);
  return {
    user: user || userName(),
    ...(remote && { repository: withoutCredentials(remote) }),
    projectPath: relative(top, await realpath(root)) || ".",
    commit: head.slice(0, COMMIT_LENGTH) + (changes ? "++" : ""),
  };
}

/** People keep tokens in the URLs of their remotes; everybody who can read the function reads its annotations. */
export function withoutCredentials(remote: string): string {
  return remote.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1");
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user id may have no entry in the password file.
    return "unknown";
  }
}
