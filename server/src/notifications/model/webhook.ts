import type { EpochMs } from "../../kernel/clock.ts";
import type { WebhookEvent } from "./events.ts";

/** Where a team's events go. */
export type Webhook = {
  readonly teamId: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Sealed: it is needed to sign. */
  readonly sealedSecret: Uint8Array;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
};

/** Why a webhook cannot go there, in words for who set it; null if it can, as far as the address tells. */
export function objectionTo(url: URL, { toPrivateNetworks }: { toPrivateNetworks: boolean }): string | null {
  if (url.protocol === "http:" && !toPrivateNetworks) return "url must begin with https://";
  if (url.protocol !== "https:" && url.protocol !== "http:") return "url must begin with https://";
  // It would be shown to whoever sees the webhook, and logged by proxies.
  if (url.username !== "" || url.password !== "") return "url must not hold a user name or a password";
  if (url.hash !== "") return "url must not have a fragment: it would not be sent";
  return null;
}
