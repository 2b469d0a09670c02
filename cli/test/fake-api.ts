import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** An answer; 200 unless said. */
export type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown };

/** A request as it arrived. */
export type Asked = { readonly line: string; readonly authorization: string | undefined; readonly body: string };

/**
 * A real HTTP server with canned answers, by `METHOD /path?query`; anything else is a 404. For what the client makes of an answer: what a
 * server answers is tried out with a real one.
 */
export async function startFakeApi(answers: Readonly<Record<string, Answer | ((asked: Asked) => Answer)>>) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const question = await read(request);
    asked.push(question);
    const found = answers[question.line] ?? {
      status: 404,
      body: { id: "not_found", message: "not found", request_id: "r-404" },
    };
    const { status = 200, headers, body } = typeof found === "function" ? found(question) : found;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function read(request: IncomingMessage): Promise<Asked> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return { line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body };
}
