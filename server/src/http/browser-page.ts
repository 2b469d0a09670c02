import { createHash } from "node:crypto";

/** A page that is one file: its script and style stand in it. */
export type BrowserPage = {
  readonly title: string;
  readonly style: string;
  /** Runs once the page is there; must not contain `</script`. */
  readonly script: string;
  /** HTML of our own making: nothing in it is a caller's. */
  readonly body: string;
};

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * A page for people to type secrets into. It may run the script and use the style that it came with and call this server, nothing
 * else: functions serve pages and scripts from this origin as well, so `'self'` would be too many. No other page may frame it or keep
 * hold of it after opening it, one of the same origin neither; no cache keeps it, and it tells nobody where its reader came from.
 */
export function browserPage({ title, style, script, body }: BrowserPage): {
  body: File;
  headers: Record<string, string>;
} {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    body: new File([html], "page.html", { type: "text/html" }),
    headers: {
      "content-security-policy": policy.join("; "),
      "cross-origin-opener-policy": "noopener-allow-popups",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  };
}
