import { createAudit } from "../src/audit/index.ts";
import type { Log } from "../src/kernel/log.ts";
import { createSealer } from "../src/kernel/seal.ts";
import { createNotifications, type MailServer } from "../src/notifications/index.ts";
import { loadPepper } from "../src/store/data-folder.ts";
import { createFakeClock } from "./fake-clock.ts";
import { openTestStore } from "./open-test-store.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { silentLog } from "./silent-log.ts";

export type TestNotificationsOptions = { mailServer?: MailServer; timeoutMs?: number; log?: Log };

/** The room on a store of its own with one team in it; nothing is sent until the test says so. */
export async function startTestNotifications(options: TestNotificationsOptions = {}) {
  const { store, folder, stranger } = await openTestStore();
  const clock = createFakeClock();
  const random = createSeededRandom();
  const addTeam = (): string => {
    const id = random.uuid();
    stranger.prepare("INSERT INTO teams VALUES (?, 'Acme', 1)").run(id);
    return id;
  };
  const teamId = addTeam();
  const pepper = loadPepper(folder, random);

  /** Another process on the same folder. */
  const startProcess = (seed: string) =>
    createNotifications({
      store,
      clock,
      random: createSeededRandom(seed),
      log: options.log ?? silentLog,
      audit: createAudit({ clock }),
      sealer: createSealer({ pepper, random: createSeededRandom(`${seed} nonces`), purpose: "notifications" }),
      mailServer: options.mailServer ?? null,
      webhooksToPrivateNetworks: true,
      timeoutMs: options.timeoutMs ?? 5_000,
      userAgent: "Latchkey/test",
    });
  const notifications = startProcess("first");

  const actor = { id: null, kind: "system", name: "test", credential: null } as const;
  return {
    ...{ notifications, startProcess, addTeam, store, folder, stranger, clock, teamId },
    /** Points a team's webhook there. Returns its secret. */
    async setWebhook(url: string, of = teamId): Promise<string> {
      const events = ["key.expiring", "member.removed"] as const;
      const origin = { requestId: "r", address: "127.0.0.1", userAgent: "test" };
      const { secret } = await notifications.webhooks.set(
        { teamId: of, actor, requireStanding: async () => {} },
        { url, events, newSecret: true },
        origin,
      );
      return secret?.reveal() ?? "";
    },
    /** Announces a member's removal: an event like any other. */
    announce: (of = teamId) =>
      store.transaction((tx) =>
        notifications.announce(tx, of, {
          type: "member.removed",
          member: { id: "u-1", name: "Bob" },
          keysRevoked: 3,
        }),
      ),
    /** Sends what is due, and waits until that is done. */
    async deliver(by = notifications): Promise<void> {
      by.wake();
      await by.idle();
    },
    /** What the outbox holds, oldest first. */
    rows: () => stranger.prepare("SELECT * FROM outbox ORDER BY created_at, id").all(),
  };
}
