const DEFAULT_URL = "http://127.0.0.1:3233";

/** Lines to copy into another terminal, from the token to a function that runs. */
export function firstSteps(url: string, token: string): string {
  const elsewhere = url === DEFAULT_URL ? [] : [`  export LATCHKEY_API_URL=${url}`];
  return [
    "Here is your API token. It is shown this once, so keep it somewhere safe:",
    "",
    `  export LATCHKEY_TOKEN=${token}`,
    ...elsewhere,
    "",
    "With that in another terminal, from nothing to a function that runs:",
    "",
    "  npx latchkey namespaces create --label demo --region nyc1",
    "  npx latchkey key create --namespace demo --name my-laptop --expiration 30d -o json | npx latchkey connect --access-key-stdin",
    "  npx latchkey deploy examples/hello",
    "",
  ].join("\n");
}
