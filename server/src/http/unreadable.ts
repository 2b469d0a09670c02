import { type IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Dialect } from "@latchkey/contract/route";
import type { LatchkeyError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import { errorBody } from "./error-shape.ts";
import { httpErrors } from "./errors.ts";
import { JSON_TYPE } from "./exchange.ts";
import { dialectOf, withoutApiHostSegment } from "./paths.ts";
import { createRequestIds } from "./request-id.ts";

/** What Node says of a connection on which something came that is no HTTP, or not in time. */
type ConnectionError = { readonly code?: string; readonly rawPacket?: unknown };

const REQUEST_LINE = /^\s*\S+ (\S+)/;
const LOOKED_AT_BYTES = 4_096;

/**
 * Answers what cannot be read as HTTP in the shape that any other refusal has, and ends the connection: nobody knows where on it
 * the next request would begin. No framework's reply is there to do it.
 */
export function createUnreadable({ random, log }: { random: Random; log: Log }) {
  const requestIds = createRequestIds(random);

  return (thrown: ConnectionError, socket: Socket): void => {
    const underWay = answerUnderWay(socket);
    // Whoever has hung up hears nothing; what has been said in part cannot be taken back.
    if (thrown.code !== "ECONNRESET" && socket.writable && underWay?.headersSent !== true) {
      const error = explain(thrown.code);
      const url = underWay?.req.url ?? targetIn(thrown.rawPacket);
      const dialect = dialectOf(withoutApiHostSegment(url));
      const requestId = requestIds(dialect, undefined);
      log.info({ requestId, caller: null, route: "none", status: error.status, error: error.code }, "request");
      socket.write(toAnswer(dialect, error, requestId));
    }
    socket.destroy();
  };
}

/** The answer that Node would write next on this connection. Only its own field tells; its own handler looks there, too. */
function answerUnderWay(socket: Socket): ServerResponse<IncomingMessage> | undefined {
  return "_httpMessage" in socket && socket._httpMessage instanceof ServerResponse ? socket._httpMessage : undefined;
}

function explain(code: string | undefined): LatchkeyError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return httpErrors.too_slow();
  return code === "HPE_HEADER_OVERFLOW" ? httpErrors.headers_too_large() : httpErrors.unreadable();
}

/** What the request was addressed to, as far as it can be told. */
function targetIn(packet: unknown): string {
  if (!Buffer.isBuffer(packet)) return "/v2";
  return REQUEST_LINE.exec(packet.toString("latin1", 0, LOOKED_AT_BYTES))?.[1] ?? "/v2";
}

function toAnswer(dialect: Dialect, error: LatchkeyError, requestId: string): string {
  const body = JSON.stringify(errorBody(dialect, error, requestId));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `x-request-id: ${requestId}`,
    `content-type: ${JSON_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
