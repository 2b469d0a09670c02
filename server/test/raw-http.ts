import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** An answer as it came over the wire. */
export type RawAnswer = { readonly status: number; readonly head: string; readonly body: string };

/** A connection of one's own to a server, on which anything can be said, well-formed or not. */
export async function openConnection(url: string) {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  let received = "";
  let isClosed = false;
  let onNews = (): void => {};
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    onNews();
  });
  // A reset is the other side's way to hang up on somebody who is still talking.
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
    onNews();
  });
  const news = (): Promise<void> =>
    new Promise((resolve) => {
      onNews = resolve;
    });

  /** The next answer: its head, and as much body as it announces. Null if the server hangs up first. */
  const receive = async (options: { bodiless?: boolean } = {}): Promise<RawAnswer | null> => {
    for (;;) {
      const end = received.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = received.slice(0, end);
        const length = options.bodiless === true ? 0 : Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        const whole = end + 4 + length;
        if (received.length >= whole) {
          const body = received.slice(end + 4, whole);
          received = received.slice(whole);
          return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body };
        }
      }
      if (isClosed) return null;
      await news();
    }
  };

  return {
    send: (text: string | Buffer): void => void socket.write(text),
    receive,
    hangUp: (): void => void socket.destroy(),
    closed: async (): Promise<void> => {
      while (!isClosed) await news();
    },
  };
}

/** Says this on a new connection and hears the first answer. */
export async function sayRaw(url: string, text: string): Promise<RawAnswer | null> {
  const connection = await openConnection(url);
  connection.send(text);
  const answer = await connection.receive();
  connection.hangUp();
  return answer;
}
