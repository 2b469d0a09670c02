import fc from "fast-check";
import { expect, test } from "vitest";
import { LatchkeyError } from "../../../kernel/errors.ts";
import { parseWebAddress } from "./address.ts";

const NAMESPACE = "fn-52ad03a2-8660-4f7c-55a5-3e2b1a6d5b1e";
const codeOf = (path: string) => {
  try {
    return parseWebAddress(path);
  } catch (error) {
    return error instanceof LatchkeyError ? error.code : error;
  }
};

test.each([
  { path: "/default/f", names: "f", extension: "http", rest: "" },
  { path: "/default/f/", names: "f", extension: "http", rest: "/" },
  { path: "/p/f.json", names: "p/f", extension: "json", rest: "" },
  { path: "/p/f.http/a.html", names: "p/f", extension: "http", rest: "/a.html" },
  { path: "/p/f.svg//a%2Fb/../%zz", names: "p/f", extension: "svg", rest: "//a%2Fb/../%zz" },
  { path: "/p/f.json.json", names: "p/f.json", extension: "json", rest: "" },
  { path: "/p/f.xml", names: "p/f.xml", extension: "http", rest: "" },
  { path: "/p/f.TEXT", names: "p/f.TEXT", extension: "http", rest: "" },
  { path: "/my%20p/an%20f%2Etext", names: "my p/an f", extension: "text", rest: "" },
])("$path names $names, as $extension, and leaves '$rest'", ({ path, names, extension, rest }) => {
  const address = parseWebAddress(`/api/v1/web/${NAMESPACE}${path}`);
  const { packageName, name } = address.key;
  expect(packageName === "" ? name : `${packageName}/${name}`).toBe(names);
  expect(address).toMatchObject({ extension, rest });
});

test.each(["", "/", `/${NAMESPACE}`, `/${NAMESPACE}/default`, `/${NAMESPACE}/default/`, "//p/f", `/${NAMESPACE}//f`])(
  "'%s' says too little",
  (path) => expect(codeOf(`/api/v1/web${path}`)).toBe("function.web_address_incomplete"),
);

test.each(["/_/default/f", "/guest/p/f", `/${NAMESPACE}/p/%2F`, `/${NAMESPACE}/p/.json`, `/${NAMESPACE}/%/f`])(
  "'%s' names nothing that there could be",
  (path) => expect(codeOf(`/api/v1/web${path}`)).toBe("function.not_found"),
);

test("any address is read or refused", () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const read = codeOf(`/api/v1/web/${NAMESPACE}${path}`);
      return typeof read === "string" ? read.startsWith("function.") : !(read instanceof Error);
    }),
  );
});
