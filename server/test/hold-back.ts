import { expect } from "vitest";
import { openConnection, type RawAnswer } from "./raw-http.ts";

/** What somebody is about to ask for. */
export type HeldBack = { authorization: string; method: string; path: string; json?: unknown };

/** Begins a request and keeps its body back until the server has judged who it is. Gives what sends the rest. */
export async function holdBack(url: string, { authorization, method, path, json = {} }: HeldBack) {
  const body = JSON.stringify(json);
  const connection = await openConnection(url);
  const head = [`${method} ${path} HTTP/1.1`, "Host: x", `Authorization: ${authorization}`, "Expect: 100-continue"];
  head.push("Content-Type: application/json");
  connection.send(`${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join("\r\n")}\r\n\r\n`);
  expect((await connection.receive({ bodiless: true }))?.status).toBe(100);
  return (): Promise<RawAnswer | null> => {
    connection.send(body);
    return connection.receive();
  };
}
