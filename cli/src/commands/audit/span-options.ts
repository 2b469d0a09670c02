import type { Option } from "../../command.ts";
import { TIME_FORMS } from "../../time.ts";

/** From when and until when. */
export const spanOptions = {
  since: { kind: "text", value: "time", about: `from then on: ${TIME_FORMS}` },
  until: { kind: "text", value: "time", about: "before then, said in the same way" },
} as const satisfies Record<string, Option>;
