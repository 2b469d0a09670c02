import { createTransport } from "nodemailer";
import type { Secret } from "../../kernel/secret.ts";
import { isMailAddress, type WrittenMail } from "../model/mails.ts";
import type { Attempt } from "../model/outbox.ts";

/** The mail server that takes our mails, and who they are from. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** `always`: from the first byte; `required`: STARTTLS, or nothing is sent; `offered`: STARTTLS where the server has it. */
  readonly tls: "always" | "required" | "offered";
  readonly login: { readonly user: string; readonly password: Secret } | null;
  /** `latchkey@example.com`, or `Latchkey <latchkey@example.com>`. */
  readonly from: string;
};

/** Hands mails to the mail server, each over a connection of its own. */
export function createMailer(server: MailServer) {
  const { host, port, tls, login, from } = server;
  const domain = /@([^@>]+)>?$/.exec(from)?.[1] ?? "localhost";
  const transport = createTransport({
    host,
    port,
    secure: tls === "always",
    requireTLS: tls === "required",
    ...(login !== null && { auth: { user: login.user, pass: login.password.reveal() } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return async (
    mail: WrittenMail & { readonly id: string; readonly to: string },
    signal: AbortSignal,
  ): Promise<Attempt> => {
    if (!isMailAddress(mail.to)) return { kind: "refused", error: "not an e-mail address" };
    try {
      await transport.sendMail({
        from,
        // As an object it is one address, whatever is in it.
        to: { name: "", address: mail.to },
        subject: mail.subject,
        text: mail.text,
        // The same in every attempt, so that a mail that was taken although we did not hear so is recognised as the same.
        messageId: `<${mail.id}@${domain}>`,
        // RFC 3834: no machine is to answer.
        headers: { "Auto-Submitted": "auto-generated" },
        signal,
      });
      return { kind: "sent" };
    } catch (error) {
      return signal.aborted ? { kind: "failed", error: "no answer in time" } : explain(error);
    }
  };
}

/** In our words: what a mail server answers may quote the mail, and with it a link. */
function explain(error: unknown): Attempt {
  const { code = "", responseCode = 0 } =
    error instanceof Error ? (error as { code?: string; responseCode?: number }) : {};
  const answered = responseCode > 0 ? `, answer ${responseCode}` : "";
  // It will not have this recipient, or this sender, tomorrow either.
  const isFinal = code === "EENVELOPE" && responseCode >= 500;
  return {
    kind: isFinal ? "refused" : "failed",
    error: `not taken by the mail server (${code || "unknown"}${answered})`,
  };
}
