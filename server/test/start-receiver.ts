import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A request as it arrived. */
export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

type Answer = { readonly status: number; readonly headers?: Record<string, string> };

/** A real HTTP server on loopback that receives webhooks. It answers 204 until told otherwise; `null`: nothing at all. */
export async function startReceiver() {
  const received: Received[] = [];
  const behaviour: { answer: Answer | null } = { answer: { status: 204 } };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    if (behaviour.answer === null) return;
    response.writeHead(behaviour.answer.status, behaviour.answer.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port, received, behaviour };
}
