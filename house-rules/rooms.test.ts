import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HOUSE } from "./folder.ts";

const SERVER = join(HOUSE, "server/src");
/** What the rooms stand on; they have no front door because every file of theirs is one. */
const FOUNDATIONS = ["kernel", "store", "http"];

const floors = readdirSync(SERVER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

test("a README tells of every room and of what the rooms stand on", () => {
  expect(floors.length).toBeGreaterThan(FOUNDATIONS.length);
  expect(floors.filter((name) => !existsSync(join(SERVER, name, "README.md")))).toEqual([]);
});

test("every room has a front door", () => {
  const rooms = floors.filter((name) => !FOUNDATIONS.includes(name));
  expect(rooms.filter((name) => !existsSync(join(SERVER, name, "index.ts")))).toEqual([]);
});
