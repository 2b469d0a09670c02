import { getApiDocument, getApiPage, getApiPagePart, getHealth, getPing } from "@latchkey/contract/operations";
import { apiPage, openApiPagePart, PAGE_HEADERS, readApiDocument } from "./api-page.ts";
import { type BoundRoute, implement } from "./call.ts";
import { httpErrors } from "./errors.ts";

const PONG = new File(["pong"], "ping.txt", { type: "text/plain" });

/** Routes for operators and readers: nothing of any team. */
export function operationsRoutes(): BoundRoute[] {
  return [
    implement<null, typeof getHealth>(getHealth, () => ({ status: 200, body: { status: "ok" } })),
    implement<null, typeof getPing>(getPing, () => ({ status: 200, body: PONG })),
    implement<null, typeof getApiDocument>(getApiDocument, async () => ({
      status: 200,
      body: await readApiDocument(),
    })),
    implement<null, typeof getApiPage>(getApiPage, () => ({ status: 200, body: apiPage(), headers: PAGE_HEADERS })),
    implement<null, typeof getApiPagePart>(getApiPagePart, async ({ params }) => {
      const part = openApiPagePart(params.file);
      if (part === undefined) throw httpErrors.no_route();
      return { status: 200, body: await part, headers: PAGE_HEADERS };
    }),
  ];
}
