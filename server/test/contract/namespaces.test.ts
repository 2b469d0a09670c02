import { DATA_CENTERS } from "@latchkey/contract/namespaces";
import { describe, expect, test } from "vitest";
import { startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, connect, NAMESPACES, NO_NAMESPACE } from "./things.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FIELDS = ["api_host", "created_at", "key", "label", "namespace", "region", "updated_at", "uuid"];
const LONGEST_LABEL = "x".repeat(255);

/** What doctl makes of an API host before it connects (do-functions-api 3.4). */
const rewrittenByDoctl = (apiHost: string): string => [...apiHost.split(".").slice(0, -1), "co"].join(".");

describe("GET /v2/functions/namespaces", () => {
  test("200: an empty list is [], never null", async () => {
    const { send } = await startControlPlane();
    expect(await send("GET", NAMESPACES)).toMatchObject({ status: 200, body: { namespaces: [] } });
  });

  test("200: all eight fields, and neither half of the legacy credential", async () => {
    const plane = await startControlPlane();
    const created = await addNamespace(plane);
    const { body } = await plane.send("GET", NAMESPACES);
    expect(body).toEqual({ namespaces: [{ ...created, uuid: "", key: "" }] });
    expect(Object.keys(Object(body).namespaces[0]).sort()).toEqual(FIELDS);
  });

  test("200: query parameters that mean nothing are ignored", async () => {
    const { send } = await startControlPlane();
    expect((await send("GET", `${NAMESPACES}?page=2&per_page=1&x`)).body).toEqual({ namespaces: [] });
  });
});

describe("POST /v2/functions/namespaces", () => {
  const flat = { label: "billing jobs", region: "fra1" };

  test.each([
    { what: "flat", json: flat },
    { what: "wrapped as doctl does", json: { namespace: { label: "billing jobs", Region: "fra1" } } },
    { what: "flat, with Region", json: { label: "billing jobs", Region: "fra1" } },
    { what: "wrapped, with region", json: { namespace: flat } },
    { what: "with spaces around the label", json: { ...flat, label: "  billing jobs " } },
    { what: "with fields nobody knows", json: { ...flat, id: "fn-x", uuid: "x", key: "x", color: { a: 1 } } },
    { what: "flat beside a namespace that is no object", json: { ...flat, namespace: "x" } },
  ])("200: a body that is $what", async ({ json }) => {
    const { send, clock } = await startControlPlane();
    const { status, body } = await send("POST", NAMESPACES, { json });
    expect(status).toBe(200);
    const { namespace } = Object(body);
    const at = new Date(clock.now()).toISOString().replace(".000Z", "Z");
    expect(namespace).toMatchObject({ label: "billing jobs", region: "fra1", created_at: at, updated_at: at });
    expect(Object.keys(body ?? {})).toEqual(["namespace"]);
  });

  test("200: all eight fields; the id is fn- and a UUID; the uuid is another one; there is no legacy key", async () => {
    const plane = await startControlPlane();
    const namespace = await addNamespace(plane);
    expect(Object.keys(namespace).sort()).toEqual(FIELDS);
    expect(namespace.namespace.slice(0, 3)).toBe("fn-");
    expect(namespace.namespace.slice(3)).toMatch(UUID);
    expect(namespace.uuid).toMatch(UUID);
    expect(namespace.uuid).not.toBe(namespace.namespace.slice(3));
    expect(namespace.key).toBe("");
  });

  test("200: timestamps are whole seconds in UTC, whatever the clock says", async () => {
    const plane = await startControlPlane();
    plane.clock.advance(123);
    const { created_at } = await addNamespace(plane);
    expect(created_at).toBe("2026-03-23T09:15:00Z");
  });

  test("200: each of the nine regions, and the three letters that stand for it", async () => {
    const { send } = await startControlPlane({ environment: { LATCHKEY_NAMESPACES_PER_TEAM: "18" } });
    expect(DATA_CENTERS).toHaveLength(9);
    for (const region of DATA_CENTERS) {
      for (const spelling of [region, region.slice(0, 3)]) {
        const { body } = await send("POST", NAMESPACES, { json: { label: spelling, region: spelling } });
        expect(body).toMatchObject({ namespace: { region } });
      }
    }
  });

  test("200: the API host is the same string in create, get and list, and doctl's rewrite leaves it as it is", async () => {
    const plane = await startControlPlane();
    const { namespace, api_host } = await addNamespace(plane);
    expect(rewrittenByDoctl(api_host)).toBe(api_host);
    expect((await plane.send("GET", `${NAMESPACES}/${namespace}`)).body).toMatchObject({ namespace: { api_host } });
    expect((await plane.send("GET", NAMESPACES)).body).toMatchObject({ namespaces: [{ api_host }] });
  });

  test.each([
    { publicUrl: "https://functions.example.com", wanted: "https://functions.example.com/faas-fra1.co" },
    { publicUrl: "http://10.0.0.7:3233/", wanted: "http://10.0.0.7:3233/faas-fra1.co" },
    { publicUrl: "https://functions.example.co", wanted: "https://functions.example.co" },
  ])("200: with the public URL $publicUrl the API host is $wanted", async ({ publicUrl, wanted }) => {
    const plane = await startControlPlane({ environment: { LATCHKEY_PUBLIC_URL: publicUrl } });
    expect((await addNamespace(plane)).api_host).toBe(wanted);
  });

  const missingLabel = "Invalid request payload: missing label field";
  const refused = [
    { what: "no label", json: { region: "fra1" }, message: missingLabel },
    { what: "an empty label", json: { ...flat, label: "" }, message: missingLabel },
    { what: "a label of spaces", json: { ...flat, label: "  " }, message: missingLabel },
    { what: "a label that is null", json: { ...flat, label: null }, message: missingLabel },
    { what: "a label that is a number", json: { ...flat, label: 7 }, message: missingLabel },
    { what: "a label that is too long", json: { ...flat, label: `${LONGEST_LABEL}x` }, message: /255/ },
    { what: "a control character in the label", json: { ...flat, label: "a\u001b[31mb" }, message: /control/ },
    { what: "a label that is written backwards", json: { ...flat, label: "a\u202eb" }, message: /control/ },
    { what: "no region", json: { label: "x" }, message: "Invalid request payload: missing region field" },
    { what: "an unknown region", json: { ...flat, region: "mars1" }, message: /region must be one of ams3/ },
    { what: "a region in capitals", json: { ...flat, region: "FRA1" }, message: /region must be one of/ },
    { what: "a region that is a number", json: { ...flat, region: 1 }, message: /region must be one of/ },
    { what: "an empty object", json: {}, message: missingLabel },
    { what: "a wrapped empty object", json: { namespace: {} }, message: missingLabel },
    { what: "a list", json: [flat], message: missingLabel },
    { what: "a text", json: "x", message: missingLabel },
    { what: "null", json: null, message: missingLabel },
    { what: "nothing at all", json: undefined, message: missingLabel },
  ];

  test("400: no label, no region, or one that is not allowed", async () => {
    const { send } = await startControlPlane();
    for (const { what, json, message } of refused) {
      const { status, body } = await send("POST", NAMESPACES, { json });
      const said = typeof message === "string" ? message : expect.stringMatching(message);
      expect([what, status, body]).toEqual([what, 400, expect.objectContaining({ id: "bad_request", message: said })]);
    }
    expect((await send("GET", NAMESPACES)).body).toEqual({ namespaces: [] });
  });

  test("400: a body that is not JSON", async () => {
    const { send } = await startControlPlane();
    const answer = await send("POST", NAMESPACES, { text: '{"label":' });
    expect(answer).toMatchObject({ status: 400, body: { id: "bad_request", message: "error parsing request body" } });
  });

  test("200: the longest label, and two that differ in case alone", async () => {
    const plane = await startControlPlane();
    for (const label of [LONGEST_LABEL, "demo", "Demo"]) expect((await addNamespace(plane, label)).label).toBe(label);
  });

  test("422: a label that is taken, in words that the Ansible collection looks for; free again after a deletion", async () => {
    const plane = await startControlPlane();
    const { namespace } = await addNamespace(plane, "demo");
    const again = await plane.send("POST", NAMESPACES, { json: { label: " demo ", region: "nyc1" } });
    expect(again).toMatchObject({ status: 422, body: { id: "unprocessable_entity" } });
    expect(Object(again.body).message).toContain("already in use");
    expect((await plane.send("DELETE", `${NAMESPACES}/${namespace}`)).status).toBe(204);
    await addNamespace(plane, "demo");
  });

  test("422: the 11th namespace; a deletion makes room", async () => {
    const plane = await startControlPlane();
    for (let count = 1; count <= 10; count += 1) await addNamespace(plane, `number ${count}`);
    const json = { label: "number 11", region: "fra1" };
    const message = "namespace limit reached";
    expect(await plane.send("POST", NAMESPACES, { json })).toMatchObject({
      status: 422,
      body: { id: "unprocessable_entity", message },
    });
    const [first] = Object((await plane.send("GET", NAMESPACES)).body).namespaces;
    await plane.send("DELETE", `${NAMESPACES}/${first.namespace}`);
    expect((await plane.send("POST", NAMESPACES, { json })).status).toBe(200);
  });
});

describe("GET /v2/functions/namespaces/{id}", () => {
  test("200: what create answered", async () => {
    const plane = await startControlPlane();
    const created = await addNamespace(plane);
    expect((await plane.send("GET", `${NAMESPACES}/${created.namespace}`)).body).toEqual({ namespace: created });
  });

  test("404: unknown", async () => {
    const { send } = await startControlPlane();
    expect(await send("GET", `${NAMESPACES}/${NO_NAMESPACE}`)).toMatchObject({
      status: 404,
      body: { id: "not_found", message: "namespace not found" },
    });
  });
});

describe("DELETE /v2/functions/namespaces/{id}", () => {
  test("204 without a body; then it is nowhere, and a second time it is a 404", async () => {
    const plane = await startControlPlane();
    const { namespace } = await addNamespace(plane);
    const gone = await plane.send("DELETE", `${NAMESPACES}/${namespace}`);
    expect(gone).toMatchObject({ status: 204, text: "" });
    for (const [method, path] of [
      ["DELETE", `${NAMESPACES}/${namespace}`],
      ["GET", `${NAMESPACES}/${namespace}`],
      ["GET", `${NAMESPACES}/${namespace}/keys`],
    ] as const)
      expect(await plane.send(method, path)).toMatchObject({ status: 404, body: { message: "namespace not found" } });
    expect((await plane.send("GET", NAMESPACES)).body).toEqual({ namespaces: [] });
  });

  test("its keys are dead with the very next request; another namespace's live", async () => {
    const plane = await startControlPlane();
    const { namespace, api_host } = await addNamespace(plane, "doomed");
    const other = await addNamespace(plane, "other");
    const key = await addKey(plane, namespace, "first");
    const otherKey = await addKey(plane, other.namespace, "first");
    expect(await connect(api_host, key)).toEqual({ status: 200, body: [namespace] });
    await plane.send("DELETE", `${NAMESPACES}/${namespace}`);
    expect(await connect(api_host, key)).toMatchObject({
      status: 401,
      body: {
        error: expect.stringMatching(/^The supplied authentication is invalid/),
        code: expect.stringMatching(/./),
      },
    });
    expect(await connect(other.api_host, otherKey)).toEqual({ status: 200, body: [other.namespace] });
  });
});

describe("POST /v2/functions/sandbox", () => {
  test("200: with an empty body, and the same namespace every time", async () => {
    const { send } = await startControlPlane();
    const first = await send("POST", "/v2/functions/sandbox");
    expect(first.status).toBe(200);
    expect(Object.keys(Object(first.body).namespace).sort()).toEqual(FIELDS);
    expect((await send("POST", "/v2/functions/sandbox")).body).toEqual(first.body);
    expect(Object((await send("GET", NAMESPACES)).body).namespaces).toHaveLength(1);
  });

  test("422: when the team has as many namespaces as it may, but not if the sandbox is one of them", async () => {
    const { send } = await startControlPlane({ environment: { LATCHKEY_NAMESPACES_PER_TEAM: "1" } });
    const made = await send("POST", NAMESPACES, { json: { label: "x", region: "fra1" } });
    expect(await send("POST", "/v2/functions/sandbox")).toMatchObject({
      status: 422,
      body: { message: "namespace limit reached" },
    });
    await send("DELETE", `${NAMESPACES}/${Object(made.body).namespace.namespace}`);
    expect((await send("POST", "/v2/functions/sandbox")).status).toBe(200);
    expect((await send("POST", "/v2/functions/sandbox")).status).toBe(200);
  });
});
