import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** What a tool answered: its text, and whether it says that it failed. */
export type ToolAnswer = { readonly failed: boolean; readonly text: string };

type Message = {
  id?: number;
  result?: { isError?: boolean; content?: { text?: string }[] };
  error?: { message: string };
};

/**
 * Starts DigitalOcean's MCP server (a native program with godo inside) against a control plane and speaks JSON-RPC with it, one
 * message a line. The token travels in the environment. It ends with the test.
 */
export async function startMcpServer({ url, token }: { url: string; token: string }) {
  const program = fileURLToPath(import.meta.resolve("@digitalocean/mcp/index.js"));
  const flags = ["-services", "functions", "-digitalocean-api-endpoint", url];
  const child = spawn(process.execPath, [program, ...flags], {
    env: { PATH: process.env["PATH"], DIGITALOCEAN_API_TOKEN: token },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    // It stops when its input does.
    child.stdin.end();
    await ended;
  });

  const waiting = new Map<number, (message: Message) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message: Message = JSON.parse(line);
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });

  let lastId = 0;
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const ask = (method: string, params: object) =>
    new Promise<Message>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      say({ id: lastId, method, params });
    });

  const clientInfo = { name: "latchkey-tests", version: "1" };
  await ask("initialize", { protocolVersion: "2024-11-05", capabilities: {}, clientInfo });
  say({ method: "notifications/initialized" });

  return {
    /** Calls one of its tools, named without the `functions-` that they all begin with. */
    async call(tool: string, args: object = {}): Promise<ToolAnswer> {
      const { result, error } = await ask("tools/call", { name: `functions-${tool}`, arguments: args });
      if (result === undefined) return { failed: true, text: error?.message ?? "" };
      return { failed: result.isError === true, text: result.content?.map(({ text }) => text ?? "").join("") ?? "" };
    },
  };
}
