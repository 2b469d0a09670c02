import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";

/** A mail as a mail server took it. */
export type TakenMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
  /** Header lines, unfolded. */
  readonly headers: readonly string[];
  readonly text: string;
};

/** RFC 2045, 6.7. */
const decode = (quotedPrintable: string): string =>
  quotedPrintable
    .replaceAll("=\r\n", "")
    .replaceAll(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString());

function read(source: string): Pick<TakenMail, "source" | "headers" | "text"> {
  const end = source.indexOf("\r\n\r\n");
  const headers = source
    .slice(0, end)
    .replaceAll(/\r\n[ \t]/g, " ")
    .split("\r\n");
  const body = source.slice(end + 4);
  const isEncoded = headers.includes("Content-Transfer-Encoding: quoted-printable");
  return { source, headers, text: (isEncoded ? decode(body) : body).replaceAll("\r\n", "\n") };
}

type Behaviour = {
  /** An SMTP answer to refuse recipients with; null takes them. */
  refuseRecipient: number | null;
  /** An SMTP answer to refuse mails with once they were sent; it quotes them, as spam filters do. */
  refuseMail: number | null;
  /** Takes mails and never says so. */
  isSilent: boolean;
};

/** A real mail server on loopback, which keeps what it takes. */
export async function startMailServer(options: { login?: { user: string; password: string }; tls?: boolean } = {}) {
  const taken: TakenMail[] = [];
  const behaviour: Behaviour = { refuseRecipient: null, refuseMail: null, isSilent: false };
  const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });
  const { login } = options;

  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    logger: false,
    ...(options.tls !== true && { disabledCommands: ["STARTTLS"] }),
    onAuth: ({ username, password }, _session, answer) =>
      username === login?.user && password === login?.password
        ? answer(null, { user: username })
        : answer(refusal(535, `no ${password}`)),
    onRcptTo: (_address, _session, answer) =>
      answer(behaviour.refuseRecipient === null ? null : refusal(behaviour.refuseRecipient, "no such user")),
    async onData(stream, { envelope }, answer) {
      const source = await text(stream);
      if (behaviour.isSilent) return;
      if (behaviour.refuseMail !== null) return answer(refusal(behaviour.refuseMail, `looks bad: ${source}`));
      const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...read(source) });
      answer();
    },
  });
  // A client that gives up in the middle is no failure of the server.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = server.server.address() as AddressInfo;
  const from = "Latchkey <latchkey@example.com>";
  return {
    taken,
    behaviour,
    /** How our server is told of it. */
    settings: { host: "127.0.0.1", port, tls: "offered", login: null, from } as const,
  };
}
