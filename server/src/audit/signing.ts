import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Random } from "../kernel/random.ts";
import { loadAuditKey } from "../store/audit-key.ts";
import type { DataFolder } from "../store/data-folder.ts";
import type { Store } from "../store/store.ts";
import { sha256 } from "./chain.ts";
import { hasStatements } from "./queries/statements.ts";

/** The public half of a signing key. */
export type PublicKey = {
  /** The first 16 hex digits of SHA-256 over `text`. */
  readonly id: string;
  /** SubjectPublicKeyInfo (RFC 8410) in base64: what stands in a PEM file between its first and last line. */
  readonly text: string;
  /** Whether this key signed this text (Ed25519, RFC 8032). The signature is in hex. */
  hasSigned(text: string, signature: string): boolean;
};

/** Signs what the audit log says of itself. */
export type Signer = { readonly publicKey: PublicKey; sign(text: string): string };

/** The signer of a data folder; made on first use. Throws `store.audit_key_missing`, `store.audit_key_damaged`. */
export function openSigner(deps: { folder: DataFolder; random: Random; store: Pick<Store, "committed"> }): Signer {
  const { folder, random, store } = deps;
  return createSigner(loadAuditKey(folder, random, { hasSigned: hasStatements(store.committed) }));
}

/** A signer with this Ed25519 private key. */
export function createSigner(privateKey: KeyObject): Signer {
  return {
    publicKey: toPublicKey(createPublicKey(privateKey)),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("hex"),
  };
}

/** A public key from its text, alone or as a PEM file; undefined for any other text. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const base64 = text.replaceAll(/-----(BEGIN|END) PUBLIC KEY-----|\s/g, "");
  try {
    const key = createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" ? toPublicKey(key) : undefined;
  } catch {
    return undefined;
  }
}

function toPublicKey(key: KeyObject): PublicKey {
  const text = key.export({ format: "der", type: "spki" }).toString("base64");
  return {
    id: sha256(text).slice(0, 16),
    text,
    hasSigned: (signed, signature) =>
      /^[0-9a-f]{128}$/.test(signature) && verify(null, Buffer.from(signed), key, Buffer.from(signature, "hex")),
  };
}
