const { createHmac, timingSafeEqual } = require("node:crypto");

/** Takes GitHub's webhooks, and nobody else's: a request has to be signed with the secret that only GitHub and we know. */
exports.main = async (event) => {
  const { method, headers, body, isBase64Encoded } = event.http;
  if (method !== "POST")
    return { statusCode: 405, headers: { allow: "POST" }, body: { error: "Webhooks are posted." } };

  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  if (!isSigned(bytes, headers["x-hub-signature-256"], process.env.WEBHOOK_SECRET)) {
    return { statusCode: 401, body: { error: "The signature is missing or wrong." } };
  }

  const name = headers["x-github-event"];
  const payload = parse(bytes);
  if (payload === undefined) return { statusCode: 400, body: { error: "The request is no JSON." } };
  console.log(`${name} of ${payload.repository?.full_name ?? "nowhere"}`);
  // This is where your own work begins. GitHub waits ten seconds for an answer, so hand on what takes longer.
  return { statusCode: 202, body: { accepted: name } };
};

/** Whether this is the HMAC that GitHub sends (docs.github.com, "Validating webhook deliveries"). */
function isSigned(bytes, signature, secret) {
  if (!signature || !secret) return false;
  const expected = Buffer.from(`sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`);
  const given = Buffer.from(signature);
  // Comparing with === would tell, by the time it takes, how much of a forged signature is right.
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parse(bytes) {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
