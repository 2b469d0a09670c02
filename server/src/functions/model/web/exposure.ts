import { type Annotation, annotationValue } from "../annotations.ts";

/** Who may call: anybody, whoever has an access key to anything here, who knows the secret, or nobody. */
export type WebAccess =
  | { readonly kind: "open" }
  | { readonly kind: "any_key" }
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "nobody" };

/** How an action is on the web, by its own annotations (openwhisk-api 9.3, 9.4, 9.6). */
export type Exposure = {
  readonly access: WebAccess;
  /** Whether the function gets query and body as they came. */
  readonly raw: boolean;
  /** Whether the function answers OPTIONS and sets the CORS headers itself. */
  readonly ownCors: boolean;
};

/** Undefined for an action that is not on the web. */
export function exposureOf(annotations: readonly Annotation[]): Exposure | undefined {
  if (annotationValue(annotations, "web-export") !== true) return undefined;
  return {
    access: accessOf(annotationValue(annotations, "require-whisk-auth")),
    raw: annotationValue(annotations, "raw-http") === true,
    ownCors: annotationValue(annotations, "web-custom-options") === true,
  };
}

function accessOf(value: unknown): WebAccess {
  if (value === undefined || value === false) return { kind: "open" };
  if (value === true) return { kind: "any_key" };
  if (typeof value === "string") return { kind: "secret", secret: value };
  return typeof value === "number" ? { kind: "secret", secret: JSON.stringify(value) } : { kind: "nobody" };
}
