import type { Case } from "./data-plane.ts";

const MISSING = "The resource requires authentication, which was not supplied with the request";
const INVALID = "The supplied authentication is invalid";

/** Refusals that every collection's list shares (openwhisk-api 4.10). */
export const badPages = (collection: string): Case[] => {
  const list = `/namespaces/_/${collection}` as const;
  const says = (name: string, detail: string) => `The query parameter '${name}' was malformed:\n${detail}`;
  return [
    ...[list, `${list}/` as const].flatMap((path): Case[] => [
      {
        ask: `GET ${path}?limit=201`,
        status: 400,
        error: says("limit", `The value '201' is not in the range of 0 to 200 for ${collection}.`),
      },
      {
        ask: `GET ${path}?limit=x`,
        status: 400,
        error: says("limit", `The value 'x' is not an integer for ${collection}.`),
      },
      {
        ask: `GET ${path}?skip=-1`,
        status: 400,
        error: says("skip", `The value '-1' is not greater than or equal to 0 for ${collection}.`),
      },
    ]),
    { ask: `GET ${list}?limit=0&skip=0&nobody=knows`, status: 200 },
    { ask: `GET ${list}`, status: 401, authorization: null, error: MISSING },
    { ask: `GET ${list}`, status: 401, authorization: "Basic eDp5", error: INVALID },
    { ask: `POST ${list}`, status: 405, json: {}, error: /^HTTP method not allowed, supported methods: GET/ },
    { ask: `DELETE ${list}`, status: 405, error: /^HTTP method not allowed/ },
    { ask: `PUT ${list}/`, status: 405, json: {}, error: /^HTTP method not allowed/ },
  ];
};
