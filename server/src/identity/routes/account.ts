import {
  type AccountShape,
  getAccount,
  getPasswordResetPage,
  redeemPasswordReset,
  requestPasswordReset,
  setPassword,
  updateAccount,
} from "@latchkey/contract/account";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { Log } from "../../kernel/log.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import { scopesOf, type TeamPrincipal } from "../model.ts";
import type { Identity, RecognisedBearer } from "../service/identity.ts";
import { passwordResetPage } from "./link-pages.ts";
import { teamShape } from "./team.ts";

export function accountRoutes({ identity, log }: { identity: Identity; log: Log }): BoundRoute[] {
  const { accounts, passwords } = identity;
  const failed = (error: unknown): void => log.error({ error }, "a password link could not be made");
  const show = async (caller: RecognisedBearer): Promise<{ status: 200; body: { account: AccountShape } }> => {
    const { name, email, hasPassword, team } = await accounts.get(caller);
    const { credentialKind: kind, credentialId: id, expiresAt } = caller;
    const expires_at = expiresAt === null ? null : toTimestamp(expiresAt);
    const account = {
      ...caller.user,
      name,
      email,
      has_password: hasPassword,
      team: teamShape(team),
      role: caller.role,
      credential: { kind, id, scopes: [...scopesOf(caller)], expires_at },
    };
    return { status: 200, body: { account } };
  };
  return [
    implement<RecognisedBearer, typeof getAccount>(getAccount, ({ caller }) => show(caller)),
    implement<RecognisedBearer, typeof updateAccount>(updateAccount, async (call) => {
      const { name, email, current_password } = call.body();
      const change = { name: name ?? null, email: email ?? null, password: current_password ?? null };
      await accounts.update({ caller: call.caller, origin: call }, change);
      return show(call.caller);
    }),
    implement<TeamPrincipal, typeof setPassword>(setPassword, async (call) => {
      const { current_password, new_password: next } = call.body();
      const cause = { caller: call.caller, origin: call };
      await passwords.change(cause, { current: current_password ?? null, next });
      return { status: 204 };
    }),
    implement<null, typeof requestPasswordReset>(requestPasswordReset, (call) => {
      passwords.requestLink(call.body().email, call, failed);
      return { status: 202, body: {} };
    }),
    implement<null, typeof redeemPasswordReset>(redeemPasswordReset, async (call) => {
      const { secret, new_password: password } = call.body();
      await passwords.redeem({ secret, password }, call);
      return { status: 204 };
    }),
    implement<null, typeof getPasswordResetPage>(getPasswordResetPage, async () => ({
      status: 200,
      ...(await passwordResetPage()),
    })),
  ];
}
