import { request } from "node:http";

/** A request as a client puts it on the wire: these headers and no others but `Host` and what frames the body. */
export type Replayed = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no body, and no length of one either unless the headers say it. */
  readonly body: string | null;
};

export type ReplayedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

/** Sends a request byte for byte as told, on a connection of its own, and reads the whole answer. */
export function replay({ method, url, headers, body }: Replayed): Promise<ReplayedAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

/**
 * The way in which the Go client that doctl contains understands an answer: a function's failure is told from a refusal by the
 * `code` that it lacks, and a refusal without both fields is taken for a broken connection.
 */
export function judgeLikeGo({ status, text }: ReplayedAnswer): { kind: string; says?: unknown } {
  if (status === 202) return { kind: "accepted", says: JSON.parse(text).activationId };
  if (status < 300) {
    const body = text === "" ? {} : JSON.parse(text);
    return body?.response?.success === false ? { kind: "function failed" } : { kind: "done" };
  }
  const body = text === "" ? {} : JSON.parse(text);
  const hasCode = body.code !== undefined && body.code !== null;
  if (status === 502 && !hasCode) {
    return { kind: "function failed", says: body.response?.result?.error ?? body.response?.status ?? body.error };
  }
  if (hasCode && typeof body.error === "string") return { kind: "refused", says: `${body.error} (code ${body.code})` };
  return { kind: "connection failed, or timed out", says: status };
}
