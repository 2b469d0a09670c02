const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { parse } = require("yaml");

// Read once, when the function is loaded; every call that reuses it finds them here.
const quotes = parse(readFileSync(join(__dirname, "quotes.yml"), "utf8"));

/**
 *   GET /              all quotations; ?about=time, ?author=seneca and ?limit=3 narrow them down
 *   GET /random        any one of them
 *   GET /{id}          that one
 */
exports.main = async (event) => {
  // A call with a key, off the web, has no `http`; it is treated like a request for everything.
  const { method = "GET", path = "" } = event.http ?? {};
  if (method !== "GET") return answer(405, { error: "This API can only be read." }, { allow: "GET" });

  const id = path.replace(/^\/|\/$/g, "");
  if (id === "random") return answer(200, quotes[Math.floor(Math.random() * quotes.length)]);
  if (id !== "") {
    const quote = quotes.find((candidate) => candidate.id === id);
    return quote ? answer(200, quote) : answer(404, { error: `There is no quotation called ${JSON.stringify(id)}.` });
  }
  return list(event);
};

function list({ about = "", author = "", limit = quotes.length }) {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1) return answer(400, { error: "limit has to be a whole number from 1 on." });
  const found = quotes.filter((quote) => contains(quote.text, about) && contains(quote.author, author)).slice(0, count);
  return answer(200, { count: found.length, quotes: found });
}

function contains(text, part) {
  return text.toLowerCase().includes(String(part).toLowerCase());
}

function answer(statusCode, body, headers = {}) {
  return { statusCode, headers: { "cache-control": "no-store", ...headers }, body };
}
