import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** Reads the API document. From disk each time: who asks is a person or a generator, and idle memory is for functions. */
export async function readApiDocument(): Promise<{ openapi: string }> {
  return JSON.parse(await readFile(new URL(import.meta.resolve("@latchkey/contract/openapi.json")), "utf8"));
}

/** Relative addresses throughout, so that the page works behind a proxy that serves it below another path. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latchkey API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="api/swagger-ui.css">
<script src="api/swagger-ui-bundle.js" defer></script>
<script src="api/start.js" defer></script>
</head>
<body>
<main id="page"><p>This page needs JavaScript. The same as a file: <a href="../openapi.json">openapi.json</a></p></main>
</body>
</html>
`;

/** The validator would send the document's address to a public service. */
const START = `SwaggerUIBundle({
  url: new URL("../openapi.json", document.baseURI).href,
  dom_id: "#page",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  validatorUrl: null,
});
`;

/**
 * What the page may do: show what this server gives it, and call this server. Swagger UI brings its icons as `data:`
 * images; nothing inline is allowed, nothing from elsewhere. Tokens are typed here, so no other page may frame this one or keep hold of it
 * after opening it, and functions' pages are other pages although they have the same origin.
 */
export const PAGE_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "noopener-allow-popups",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The page that shows the API document. */
export const apiPage = (): File => new File([PAGE], "api.html", { type: "text/html" });

/** The parts of the page by name. Swagger UI's are opened when asked for and streamed; none of it is loaded at start. */
const PARTS: ReadonlyMap<string, () => Promise<File>> = new Map([
  ["start.js", async () => new File([START], "start.js", { type: "text/javascript" })],
  [
    "swagger-ui-bundle.js",
    () => openPart(import.meta.resolve("swagger-ui-dist/swagger-ui-bundle.js"), "text/javascript"),
  ],
  ["swagger-ui.css", () => openPart(import.meta.resolve("swagger-ui-dist/swagger-ui.css"), "text/css")],
]);

async function openPart(url: string, type: string): Promise<File> {
  const path = fileURLToPath(url);
  return new File([await openAsBlob(path)], basename(path), { type });
}

/** A part of the page; undefined if the page has none of that name. */
export const openApiPagePart = (name: string): Promise<File> | undefined => PARTS.get(name)?.();
