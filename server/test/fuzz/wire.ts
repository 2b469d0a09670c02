import { once } from "node:events";
import { connect } from "node:net";
import type { FuzzRequest } from "./requests.ts";

/** An answer; null where the server hung up without one. */
export type FuzzAnswer = { readonly status: number; readonly head: string; readonly body: string } | null;

const ANSWER_MS_MAX = 20_000;
const LAST_CHUNK = "\r\n0\r\n\r\n";

/** One connection, for one request at a time. */
async function openConnection(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
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
  await once(socket, "connect");

  /** The whole answer, if it is there. */
  const take = (method: string): FuzzAnswer => {
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return null;
    const head = received.slice(0, end);
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
    if (status === 100) {
      received = received.slice(end + 4);
      return take(method);
    }
    const isEmpty = method === "HEAD" || status === 204 || status === 304;
    const isChunked = /^transfer-encoding: chunked/im.test(head);
    const length = isEmpty
      ? 0
      : isChunked
        ? received.indexOf(LAST_CHUNK, end) + LAST_CHUNK.length - end - 4
        : Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const isWhole = isEmpty || !isChunked || received.includes(LAST_CHUNK, end);
    if (!isWhole || received.length < end + 4 + length) return null;
    const body = received.slice(end + 4, end + 4 + length);
    received = received.slice(end + 4 + length);
    return { status, head, body };
  };

  return {
    isClosed: (): boolean => isClosed,
    close: (): void => void socket.destroy(),

    /** Sends all there is and hangs up, without hearing what is said to it. */
    async sayAndLeave({ bytes }: FuzzRequest): Promise<void> {
      socket.end(bytes);
      if (!isClosed) await once(socket, "close");
    },

    async ask({ method, bytes }: FuzzRequest): Promise<FuzzAnswer> {
      socket.write(bytes);
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        onNews();
      }, ANSWER_MS_MAX);
      try {
        for (;;) {
          const answer = take(method);
          if (answer !== null || isClosed) return answer;
          if (isLate) throw new Error(`no answer within ${ANSWER_MS_MAX} ms to:\n${bytes.toString("latin1", 0, 3000)}`);
          await new Promise<void>((resolve) => {
            onNews = resolve;
          });
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Asks over one connection after the other, each for as long as the server keeps it. */
export function openWire(url: string) {
  let connection: Awaited<ReturnType<typeof openConnection>> | null = null;
  const hangUp = (): void => {
    connection?.close();
    connection = null;
  };
  return {
    hangUp,
    /** Sends a request and hears its answer; of one that is cut off, nothing. */
    async ask(request: FuzzRequest): Promise<FuzzAnswer> {
      if (connection === null || connection.isClosed()) connection = await openConnection(url);
      if (request.isCutOff) {
        await connection.sayAndLeave(request);
        connection = null;
        return null;
      }
      const answer = await connection.ask(request);
      // What followed a request that was refused half-read would be taken for the next one.
      if (request.isBroken || answer === null || /^connection: close/im.test(answer.head)) hangUp();
      return answer;
    },
  };
}

export type Wire = ReturnType<typeof openWire>;
