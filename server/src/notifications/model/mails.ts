import type { Role } from "@latchkey/contract/permissions";
import type { EpochMs } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { oneLine } from "./one-line.ts";

/** Everything that is said by e-mail. Each kind has a template below; who wants to say something else adds a kind. */
export type MailContent =
  | {
      readonly kind: "invitation";
      readonly team: string;
      readonly role: Role;
      readonly invitedBy: string;
      readonly link: Secret;
      readonly expiresAt: EpochMs;
    }
  | { readonly kind: "password_reset"; readonly link: Secret; readonly expiresAt: EpochMs }
  | { readonly kind: "address_changed"; readonly changedAt: EpochMs }
  | {
      readonly kind: "key_expiry";
      readonly keyName: string;
      readonly keyId: string;
      /** The namespace's label. */
      readonly namespace: string;
      /** The service identity that holds the key; null where it is the reader's own. */
      readonly heldBy: string | null;
      readonly inDays: number;
      readonly expiresAt: EpochMs;
    }
  | {
      readonly kind: "responsible_left";
      readonly team: string;
      readonly serviceIdentity: string;
      readonly person: string;
    };

/** A mail to one person. `teamId` is the team it is about, null where it is about a person alone. */
export type Mail = MailContent & { readonly to: string; readonly teamId: string | null };
export type MailKind = MailContent["kind"];

/** A mail as its reader gets it: plain text. */
export type WrittenMail = { readonly subject: string; readonly text: string };

type Template<Kind extends MailKind> = (content: Extract<MailContent, { kind: Kind }>) => {
  readonly subject: string;
  readonly paragraphs: readonly string[];
};

const AS: Readonly<Record<Role, string>> = { owner: "as an owner", member: "as a member", viewer: "as a viewer" };

/** `2026-03-23 09:15 UTC`: for readers anywhere, since nobody knows where this one is. */
const instant = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const days = (count: number): string => (count === 1 ? "1 day" : `${count} days`);

const TEMPLATES: { readonly [Kind in MailKind]: Template<Kind> } = {
  invitation: ({ team, role, invitedBy, link, expiresAt }) => ({
    subject: `${invitedBy} invites you to the team ${team}`,
    paragraphs: [
      `${invitedBy} invites you to join the team ${team} on Latchkey, ${AS[role]}. To accept, open this link:`,
      link.reveal(),
      `It can be used once, until ${instant(expiresAt)}. Whoever has it can accept in your place, so please keep it to yourself.`,
      "If you do not know what this is about, ignore this mail: without the link, nothing happens.",
    ],
  }),
  password_reset: ({ link, expiresAt }) => ({
    subject: "Choose a new password for Latchkey",
    paragraphs: [
      "Somebody, probably you, asked for a new password for your Latchkey account. To choose one, open this link:",
      link.reveal(),
      `It can be used once, until ${instant(expiresAt)}. Whoever has it can get into your account, so please keep it to yourself.`,
      "If it was not you, ignore this mail: your password stays as it is.",
    ],
  }),
  // To the old address, which may be somebody else's by now: so it does not say what the new one is.
  address_changed: ({ changedAt }) => ({
    subject: "This is no longer the e-mail address of your Latchkey account",
    paragraphs: [
      `On ${instant(changedAt)} your Latchkey account was given another e-mail address. You sign in with the new one, and mail for you goes there.`,
      "If it was you, there is nothing to do. If it was not, somebody else is in your account: tell an owner of your team, or whoever operates the server, at once.",
    ],
  }),
  key_expiry: ({ keyName, keyId, namespace, heldBy, inDays, expiresAt }) => ({
    subject: `The access key ${keyName} ends in ${days(inDays)}`,
    paragraphs: [
      heldBy === null
        ? `Your access key ${keyName} for the namespace ${namespace} ends in ${days(inDays)}: on ${instant(expiresAt)}.`
        : `The access key ${keyName} of the service identity ${heldBy} for the namespace ${namespace} ends in ${days(inDays)}: on ${instant(expiresAt)}.`,
      `Its id is ${keyId}.`,
      "From then on, whatever uses it is refused. If it is still needed, create a new key in time and put it where this one is used. If it is not, there is nothing to do.",
    ],
  }),
  responsible_left: ({ team, serviceIdentity, person }) => ({
    subject: `Nobody answers for the service identity ${serviceIdentity} any more`,
    paragraphs: [
      `${person}, who was responsible for the service identity ${serviceIdentity}, is no longer in the team ${team}.`,
      "Its access keys and tokens go on working. Please name somebody else who answers for it, or delete it if it is no longer needed.",
    ],
  }),
};

/** Writes a mail. Names that people chose cannot break out of their line, whatever is in them. */
export function writeMail(content: MailContent): WrittenMail {
  const { subject, paragraphs } = templateOf(content);
  return {
    subject: oneLine(subject),
    text: `${["Hello,", ...paragraphs.map(oneLine)].join("\n\n")}\n\n-- \nSent by Latchkey, which cannot read answers.\n`,
  };
}

function templateOf(content: MailContent) {
  switch (content.kind) {
    case "invitation":
      return TEMPLATES.invitation(content);
    case "password_reset":
      return TEMPLATES.password_reset(content);
    case "address_changed":
      return TEMPLATES.address_changed(content);
    case "key_expiry":
      return TEMPLATES.key_expiry(content);
    case "responsible_left":
      return TEMPLATES.responsible_left(content);
  }
}

/** When there is no point in sending it any more; null where that is not the mail's own affair. */
export const endOfMail = (content: MailContent): EpochMs | null => ("expiresAt" in content ? content.expiresAt : null);

/**
 * Whether this is one address, and nothing that a mail server could take for two, for a name, or for a command. Stricter than
 * RFC 5321, whose quoted local parts and address literals nobody has.
 */
export const isMailAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u.test(text);
