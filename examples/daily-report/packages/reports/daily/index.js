const { summarise } = require("./summarise.js");

/**
 * Makes a report of the latest day that has orders, prints it, and posts it to a chat if there is one.
 *
 * Environment: SHOP_NAME and CURRENCY are shown, ORDERS_URL is where orders come from (a list like orders.json), and
 * CHAT_WEBHOOK_URL is where the report goes to ({ "text": ... }, which Slack, Mattermost and others understand).
 */
exports.main = async (event) => {
  const { SHOP_NAME, CURRENCY, ORDERS_URL, CHAT_WEBHOOK_URL } = process.env;
  const orders = ORDERS_URL ? await load(ORDERS_URL) : require("./orders.json");
  const report = summarise(orders, { shop: SHOP_NAME, currency: CURRENCY, top: event.top ?? 3 });

  console.log(report.text);
  const sent = Boolean(CHAT_WEBHOOK_URL);
  if (sent) await post(CHAT_WEBHOOK_URL, { text: report.text });
  return { body: { ...report, sent } };
};

async function load(url) {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`The orders could not be had: status ${response.status}`);
  return response.json();
}

async function post(url, message) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
  });
  if (!response.ok) throw new Error(`The report could not be sent: status ${response.status}`);
}
