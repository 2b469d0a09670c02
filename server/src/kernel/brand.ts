declare const brand: unique symbol;

/** A `Base` that only a parser can hand out: structurally the same, nominally different. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
