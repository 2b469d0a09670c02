import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../failure.ts";
import { isMissing, makeFolder, replaceFile } from "../private-files.ts";
import { Secret } from "../secret.ts";

/** The API token that this user keeps for one server. */
export type Login = {
  readonly apiUrl: string;
  readonly token: Secret;
  /** Its id, if `latchkey login` made it, and may delete it again; null for one that was given. */
  readonly tokenId: string | null;
};

/** The API tokens that this user keeps on this machine. */
export type LoginStore = ReturnType<typeof createLoginStore>;

/** One file per server, readable by its owner alone, each replaced as a whole. */
export function createLoginStore(folder: string) {
  const logins = join(folder, "logins");
  const fileOf = (apiUrl: string): string => join(logins, `${encodeURIComponent(apiUrl)}.json`);

  return {
    /** Where a login's file is, for people. */
    fileOf,
    /** Read at once, not later: a command asks for its client in the middle of what it does. */
    find(apiUrl: string): Login | null {
      const file = fileOf(apiUrl);
      try {
        return parseLogin(readFileSync(file, "utf8"));
      } catch (error) {
        if (isMissing(error)) return null;
        throw new CliError(`${file} cannot be understood`, ["Log in again: latchkey login"], { cause: error });
      }
    },
    async keep(login: Login): Promise<void> {
      await makeFolder(folder);
      await makeFolder(logins);
      const content = { api_url: login.apiUrl, token: login.token.reveal(), token_id: login.tokenId };
      await replaceFile(fileOf(login.apiUrl), `${JSON.stringify(content, null, 2)}\n`);
    },
    async forget(apiUrl: string): Promise<void> {
      await rm(fileOf(apiUrl), { force: true });
    },
  };
}

function parseLogin(text: string): Login {
  const content: unknown = JSON.parse(text);
  if (typeof content !== "object" || content === null) throw new TypeError("not an object");
  const { api_url: apiUrl, token, token_id: tokenId } = content as Record<string, unknown>;
  if (typeof apiUrl !== "string" || typeof token !== "string") throw new TypeError("not a login");
  return { apiUrl, token: new Secret(token), tokenId: typeof tokenId === "string" ? tokenId : null };
}
