import type { IncomingMessage } from "node:http";
import { httpErrors } from "./errors.ts";

/** The refusal of a request of which it is known how much too large it is (openwhisk-api 1.5). */
export const tooLarge = (bytes: number, bytesMax: number) =>
  httpErrors.body_too_large({ says: `Request larger than allowed: ${bytes} > ${bytesMax} bytes.` });

/** Whether the request announces a body (RFC 9112, section 6.3). */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** Throws if the request announces more than `bytesMax`. */
export function refuseAnnounced(message: IncomingMessage, bytesMax: number): void {
  const announced = Number(message.headers["content-length"] ?? 0);
  if (announced > bytesMax) throw tooLarge(announced, bytesMax);
}

/** Reads a body that may not have announced its length, and no further than `bytesMax`. */
export async function readBody(message: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // `destroyOnReturn: false`: the refusal still has to be written to the connection.
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw httpErrors.body_too_large();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
