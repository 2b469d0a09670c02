import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withoutApiHostSegment } from "./paths.ts";

describe("the API host's segment is no part of the path", () => {
  test.each([
    ["/api/v1/namespaces", "/api/v1/namespaces"],
    ["/faas-fra1.co/api/v1/namespaces", "/api/v1/namespaces"],
    ["/.co/api/v1/namespaces", "/api/v1/namespaces"],
    ["/faas-fra1-1a2b.c.co/api/v1?x=1", "/api/v1?x=1"],
    ["/faas-fra1.co", "/"],
    ["/faas-fra1.co/", "/"],
    ["/faas-fra1.co?x=/y.co/z", "/?x=/y.co/z"],
    ["http://faas-fra1.example.co/api/v1/namespaces", "/api/v1/namespaces"],
    ["HTTPS://127.0.0.1:3233/faas-fra1.co/api/v1", "/api/v1"],
    ["http://127.0.0.1:3233", "/"],
    ["http://127.0.0.1:3233?x=1", "/?x=1"],
  ])("%s is %s", (url, path) => expect(withoutApiHostSegment(url)).toBe(path));
});

describe("what only looks like one stays", () => {
  test.each([
    "/",
    "/v2/functions/namespaces/x.co/keys",
    "/api/v1/namespaces/_/actions/x.co",
    "/api/v1/namespaces/_/actions/hello?to=/x.co/y",
    "/faas.com/api/v1",
    "/faas.coop/api/v1",
    "/faasco/api/v1",
    "//faas.co/api/v1",
    "/a/faas.co/api/v1",
    "/docs/x.co",
  ])("%s", (url) => expect(withoutApiHostSegment(url)).toBe(url));

  test("one segment goes, not two", () => {
    expect(withoutApiHostSegment("/a.co/b.co/api/v1")).toBe("/b.co/api/v1");
  });
});

test("whatever is asked for, the result is a path below the root", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webPath()), (url) => withoutApiHostSegment(url).startsWith("/")),
  );
});
