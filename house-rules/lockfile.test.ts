import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HOUSE } from "./folder.ts";

type Locked = {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Record<string, string>;
};

const { packages }: { packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(HOUSE, "package-lock.json"), "utf8"),
);

/** Where Node would look for `name` from the package at `path`, nearest first. */
function* placesOf(name: string, path: string): Generator<string> {
  for (let from = path; from !== ""; from = from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/")))) {
    yield `${from}/node_modules/${name}`;
  }
  yield `node_modules/${name}`;
}

test("the lockfile holds what every platform needs, or `npm ci` refuses it", () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => ![...placesOf(name, path)].some((place) => place in packages))
      .map((name) => `${path} needs ${name}: choose a version of which the registry has every platform's package`),
  );
  expect(missing).toEqual([]);
});

test("every package that is fetched has a checksum", () => {
  const fetched = Object.entries(packages).filter(
    ([path, { link }]) => path.includes("node_modules/") && link !== true,
  );
  expect(fetched.length).toBeGreaterThan(0);
  expect(fetched.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
});
