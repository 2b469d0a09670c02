/** Languages that `init-project` has a sample for. */
export const SAMPLE_LANGUAGES = ["javascript", "typescript"] as const;
export type SampleLanguage = (typeof SAMPLE_LANGUAGES)[number];

const ALIASES: { readonly [name: string]: SampleLanguage } = {
  javascript: "javascript",
  js: "javascript",
  nodejs: "javascript",
  node: "javascript",
  typescript: "typescript",
  ts: "typescript",
};

/** The language that people mean by a name, `js` or `nodejs` say; undefined for one there is no sample for. */
export function parseSampleLanguage(text: string): SampleLanguage | undefined {
  const name = text.toLowerCase();
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

const GITIGNORE = `# What deploying leaves behind, and what must not be shared.
.deployed/
.env
node_modules/
`;

const PROJECT = `# What this project consists of and how it is deployed. Functions live in packages/<package>/<function>.
packages:
  - name: sample
    # Given to every function of the package as environment variables. A name in braces behind a dollar sign is replaced
    # by its value from .env; that works everywhere in this file, even in comments, which is why none is shown here.
    environment: {}
    functions:
      - name: hello
        runtime: nodejs:default
        # On the web for everybody; "false" asks callers for an access key.
        web: true
        # Given to the function with every call.
        parameters:
          greeting: Hello
        limits:
          timeout: 3000 # milliseconds
          memory: 256 # megabytes
`;

const JAVASCRIPT = `/**
 * Greets whoever calls.
 *
 * @param {{ name?: string, greeting: string }} event parameters from project.yml, query and body
 * @param {{ functionName: string, activationId: string }} context about this call
 */
exports.main = async (event, context) => {
  const name = event.name ?? "stranger";
  console.log(context.functionName, "greets", name);
  return { body: \`\${event.greeting}, \${name}!\` };
};
`;

const TYPESCRIPT = `/** Parameters from project.yml, query and body. */
type Event = { name?: string; greeting: string };

/** About this call. */
type Context = { functionName: string; activationId: string };

/** Greets whoever calls. */
export async function main(event: Event, context: Context): Promise<{ body: string }> {
  const name = event.name ?? "stranger";
  console.log(context.functionName, "greets", name);
  return { body: \`\${event.greeting}, \${name}!\` };
}
`;

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const PACKAGE_JSON = json({
  name: "hello",
  private: true,
  type: "module",
  main: "dist/hello.js",
  scripts: { build: "tsc" },
  devDependencies: { "@types/node": "^24.0.0", typescript: "^6.0.0" },
});

const TSCONFIG = json({
  compilerOptions: {
    strict: true,
    target: "es2023",
    module: "nodenext",
    rootDir: "src",
    outDir: "dist",
    types: ["node"],
  },
  include: ["src"],
});

/** What a sample consists of: texts by path. */
export const SAMPLES: { readonly [language in SampleLanguage]: { readonly [path: string]: string } } = {
  javascript: {
    ".gitignore": GITIGNORE,
    "project.yml": PROJECT,
    "packages/sample/hello.js": JAVASCRIPT,
  },
  typescript: {
    ".gitignore": `${GITIGNORE}dist/\n`,
    "project.yml": PROJECT,
    // Deployed is what the build leaves, not what it starts from.
    "packages/sample/hello/.include": "package.json\ndist\n",
    "packages/sample/hello/package.json": PACKAGE_JSON,
    "packages/sample/hello/tsconfig.json": TSCONFIG,
    "packages/sample/hello/src/hello.ts": TYPESCRIPT,
  },
};
