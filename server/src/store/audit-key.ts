import { createPrivateKey, type KeyObject } from "node:crypto";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import type { Random } from "../kernel/random.ts";
import { createSecretFile, type DataFolder } from "./data-folder.ts";
import { storeErrors } from "./errors.ts";

const SEED_BYTES = 32;
/** RFC 8410: what stands before the seed in an Ed25519 private key in PKCS #8. */
const PKCS8_BEFORE_SEED = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Reads the folder's Ed25519 key, PKCS #8 in PEM, making it on first use; `hasSigned`: a lost one must not be replaced in silence,
 * because what it signed could not be told from a forgery any more. Throws `store.audit_key_missing`, `store.audit_key_damaged`.
 */
export function loadAuditKey(folder: DataFolder, random: Random, { hasSigned }: { hasSigned: boolean }): KeyObject {
  const path = folder.auditKey;
  if (!existsSync(path)) {
    if (hasSigned)
      throw storeErrors.audit_key_missing({
        says: `${path} is missing, and the audit log has been signed with it. Restore it from a backup. Nothing was changed.`,
      });
    createSecretFile(path, newKey(random), random);
  }
  chmodSync(path, 0o600);
  const key = parseKey(readFileSync(path, "utf8"));
  if (key === undefined)
    throw storeErrors.audit_key_damaged({
      says: `${path}, the key that signs the audit log, is damaged. Restore it from a backup. Nothing was changed.`,
    });
  return key;
}

function newKey(random: Random): string {
  const key = Buffer.concat([PKCS8_BEFORE_SEED, random.bytes(SEED_BYTES)]);
  return String(createPrivateKey({ key, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" }));
}

/** Undefined for anything but an Ed25519 key. A parser's own complaint goes no further, whatever it quotes. */
function parseKey(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: text, format: "pem" });
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}
