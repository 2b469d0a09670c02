import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startTestLatchkey } from "./start-test-latchkey.ts";

test("closing does not wait for a connection whose request was refused while its body was still arriving", async () => {
  const { url, app } = await startTestLatchkey();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write("POST /v2/functions/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n ");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toContain("401 Unauthorized");
  const closed = app.close();
  socket.write(" ".repeat(999_999));
  await closed;
});
