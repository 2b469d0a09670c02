import { createHash, timingSafeEqual } from "node:crypto";
import { type Random, randomAlphanumeric } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { ActivationId } from "../model/activations.ts";
import type { SomebodysRef, Standing } from "../model/callers.ts";

/** OpenWhisk's keys have so many characters; 381 bits of them here. */
const SECRET_LENGTH = 64;
const PREFIX = "dofa_v1_";
/** What every header with such a token begins with: three bytes are four characters of base64. */
const HEADER = /^Basic +(ZG9mYV92[A-Za-z0-9+/]+={0,2}) *$/i;

type Living = { readonly digest: Buffer; readonly holder: SomebodysRef };

/**
 * What a function calls this server with (`provide-api-key`, openwhisk-api 4.5): a token of its own in place of its caller's secret.
 * It is good for as long as its activation runs, for the caller's namespace, and for what the caller may do at the moment of each
 * request. Only digests are kept, and only in memory: no token outlives the server.
 */
export function createActivationTokens({ random, standing }: { random: Random; standing: Standing }) {
  const living = new Map<string, Living>();

  return {
    /** The token of an activation that begins, in the form of a key: `id:secret`. */
    issue(id: ActivationId, holder: SomebodysRef): Secret {
      const secret = randomAlphanumeric(random, SECRET_LENGTH);
      living.set(id, { digest: digestOf(secret), holder });
      return new Secret(`${PREFIX}${id}:${secret}`);
    },

    /** The activation is over: its token is dead. */
    end(id: ActivationId): void {
      living.delete(id);
    },

    /** Whom an `Authorization` header with a living token stands for; undefined for every other header. */
    recognise(header: string | undefined): NamespacePrincipal | undefined {
      const encoded = header === undefined ? undefined : HEADER.exec(header)?.[1];
      if (encoded === undefined) return undefined;
      const text = Buffer.from(encoded, "base64").toString("latin1");
      const [name = "", secret = ""] = text.split(":", 2);
      const found = living.get(name.slice(PREFIX.length));
      if (found === undefined || !name.startsWith(PREFIX)) return undefined;
      if (!timingSafeEqual(digestOf(secret), found.digest)) return undefined;
      return standing(found.holder) ?? undefined;
    },
  };
}

export type ActivationTokens = ReturnType<typeof createActivationTokens>;

const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
