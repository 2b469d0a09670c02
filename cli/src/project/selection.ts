/** What `--include` and `--exclude` leave in: `package/function`, `package`, `package/`, separated by commas. */
export type Selection = {
  /** Whether anything of a package is to be deployed. */
  hasPackage(name: string): boolean;
  hasFunction(packageName: string, name: string): boolean;
  readonly everything: boolean;
  /** The words of both lists that none of these packages and functions answers to. */
  unmatched(packages: readonly { name: string; functions: readonly string[] }[]): readonly string[];
};

type Words = {
  readonly packages: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly all: readonly string[];
};

/**
 * The rules of the DigitalOcean deployer: a function that is included by name stays in whatever is excluded; otherwise
 * exclusion wins; without `include` everything is in. The word `web` meant a folder of static files and means nothing now.
 */
export function createSelection(include: string | undefined, exclude: string | undefined): Selection {
  const included = parse(include);
  const excluded = parse(exclude);
  const all = include === undefined || include.trim() === "";

  const hasFunction = (packageName: string, name: string): boolean => {
    const qualified = `${packageName}/${name}`;
    if (included.functions.has(qualified)) return true;
    if (excluded.packages.has(packageName) || excluded.functions.has(qualified)) return false;
    return all || included.packages.has(packageName);
  };
  return {
    everything: all && excluded.all.length === 0,
    hasFunction,
    hasPackage: (name) =>
      included.packages.has(name) ||
      (all && !excluded.packages.has(name)) ||
      [...included.functions].some((qualified) => qualified.startsWith(`${name}/`)),
    unmatched: (packages) => {
      const known = new Set(
        packages.flatMap(({ name, functions }) => [name, ...functions.map((fn) => `${name}/${fn}`)]),
      );
      return [...included.all, ...excluded.all].filter((word) => !known.has(word));
    },
  };
}

function parse(list: string | undefined): Words {
  const words = (list ?? "")
    .split(",")
    .map((word) => word.trim().replace(/\/$/, ""))
    .filter((word) => word !== "" && word !== "web");
  return {
    packages: new Set(words.filter((word) => !word.includes("/"))),
    functions: new Set(words.filter((word) => word.includes("/"))),
    all: words,
  };
}
