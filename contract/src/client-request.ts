import { InvalidRequestError } from "./client-errors.ts";

/** Text that must not be printed by accident; `reveal()` is called only to write it into a request's header. */
export type Concealed = { reveal(): string };

/** What the caller presents. A route that asks for the other kind of credential does not compile. */
export type ClientCredential =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: Concealed }
  | { readonly kind: "access_key"; readonly id: string; readonly secret: Concealed };

/** What to say of an address that is none. It is not quoted: it may contain a password. */
export const BAD_BASE_URL =
  "the address of the API must start with http:// or https://, and have no user name, no query and no fragment";

/** `http://host:port/path` without the trailing slash; `undefined` if the text is no address that a client can use. */
export function parseBaseUrl(text: string): string | undefined {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  // A credential in an address ends up in logs and error messages; query and fragment have no meaning here.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return undefined;
  return url.href.replace(/\/+$/, "");
}

/** The headers of every request. Nothing of a credential may appear in an error, so it is checked before `Headers` can quote it. */
export function writeHeaders({ credential, userAgent }: { credential: ClientCredential; userAgent?: string }): Headers {
  const headers = new Headers({ accept: "application/json" });
  if (userAgent !== undefined) headers.set("user-agent", userAgent);
  if (credential.kind === "token") {
    headers.set("authorization", `Bearer ${printable("API token", credential.token.reveal())}`);
  }
  if (credential.kind === "access_key") {
    const pair = `${printable("access key's id", credential.id)}:${printable("access key's secret", credential.secret.reveal())}`;
    headers.set("authorization", `Basic ${btoa(pair)}`);
  }
  return headers;
}

function printable(what: string, value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new InvalidRequestError(
    `the ${what} is empty or contains characters that it cannot have, such as a space or a line break`,
  );
}

/** Fills `{name}` in a route's path. */
export function writePath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(params[name] ?? "");
    // An empty segment, `.` and `..` (percent-encoded or not) vanish when a URL is parsed, and with them the request would become
    // one for something else: deleting key `..` of a namespace would delete the namespace.
    if (value === "" || value === "." || value === "..") {
      throw new InvalidRequestError(`'${value}' cannot be a ${name.replaceAll("_", " ")}`);
    }
    return encodeURIComponent(value);
  });
}

/** `?a=1&b=2`, or nothing; what is undefined is left out. */
export function writeQuery(query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.append(name, String(value));
  }
  return search.size === 0 ? "" : `?${search}`;
}
