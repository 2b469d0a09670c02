import { describe, expect, test } from "vitest";
import { check } from "./check.ts";
import { SourceText } from "./source-text.ts";
import { scan, substitute } from "./substitution.ts";
import { YamlDocument } from "./yaml-document.ts";

function documentOf(text: string, variables: { readonly [name: string]: string } = {}): YamlDocument {
  const sources = { variable: (name: string) => variables[name], file: () => undefined };
  const substituted = substitute(text, scan(text), sources);
  return new YamlDocument(substituted.text, new SourceText(text, substituted));
}

function problemsOf(text: string, variables?: { readonly [name: string]: string }): string[] {
  const { problems } = check(documentOf(text, variables), "project.yml");
  return problems.map(({ message, place }) => `${place?.line}: ${message}`);
}

/** A project.yml with one function that has these members. */
const withFunction = (members: string): string => `packages:\n- name: p\n  functions:\n  - name: f\n    ${members}`;
const withPackage = (members: string): string => `packages:\n- name: p\n  ${members}`;
const withTrigger = (trigger: string): string => withFunction(`triggers: [${trigger}]`);

describe("keys nobody knows", () => {
  test.each([
    { text: "nonsense: 1", says: "1: Invalid key 'nonsense' found in project.yml" },
    { text: "slice: true", says: "1: Invalid key 'slice' found in project.yml" },
    { text: "credentials: {a: b}", says: "1: Invalid key 'credentials' found in project.yml" },
    { text: withPackage("nonsense: 1"), says: "3: Invalid key 'nonsense' found in 'package' in project.yml" },
    { text: withFunction("nonsense: 1"), says: "5: Invalid key 'nonsense' found in 'functions' clause in project.yml" },
    { text: withFunction("limits: {cpu: 1}"), says: "5: Invalid key 'cpu' found in 'limits' clause in project.yml" },
    {
      text: withTrigger("{name: t, type: SCHEDULED, every: 1, scheduledDetails: {cron: '* * * * *'}}"),
      says: "5: Invalid key 'every' found in 'triggers' clause in project.yml",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, scheduledDetails: {cron: '* * * * *', at: 1}}"),
      says: "5: Invalid key 'at' found in 'scheduledDetails' clause in project.yml",
    },
  ])("are refused: $says", ({ text, says }) => {
    expect(problemsOf(text)).toEqual([says]);
  });

  test.each(["nonsense: ''", "nonsense: 0", "nonsense: false", "nonsense:"])(
    "do not matter when empty: %s",
    (member) => {
      expect([member, withPackage(member), withFunction(member)].flatMap((text) => problemsOf(text))).toEqual([]);
    },
  );
});

describe("members of the wrong kind", () => {
  test.each([
    {
      text: "targetNamespace: 7",
      says: "targetNamespace must be a string or a dictionary containing 'test' and/or 'production' members",
    },
    {
      text: "targetNamespace: {}",
      says: "targetNamespace must be a string or a dictionary containing 'test' and/or 'production' members",
    },
    { text: "packages: {}", says: "packages member must be an array" },
    { text: "packages: [7]", says: "a package must be a dictionary" },
    { text: "parameters: [1]", says: "parameters must be a dictionary" },
    { text: "environment: word", says: "environment must be a dictionary" },
    { text: "packages: [{}]", says: "the 'name' field of a package is required" },
    { text: "packages: [{name: 7}]", says: "'name' member of a 'package' must be a string" },
    { text: withPackage("shared: 1"), says: "'shared' member of a 'package' must be a boolean" },
    { text: withPackage("functions: {}"), says: "functions member of a 'package' must be an array" },
    { text: withPackage("web: maybe"), says: "'web' member of a 'package' must be a boolean or the string 'raw'" },
    { text: withPackage("environment: [a]"), says: "the environment clause must be a dictionary" },
    {
      text: withPackage("environment: {A: 1}"),
      says: "All environment values must be strings but 'A' has type 'number'",
    },
    { text: withPackage("annotations: x"), says: "annotations must be a dictionary" },
    {
      text: withPackage("binding: x"),
      says: "binding must be a dictionary with the string members 'namespace' and 'name'",
    },
    {
      text: withPackage("binding: {name: x}"),
      says: "binding must be a dictionary with the string members 'namespace' and 'name'",
    },
    { text: withPackage("functions: [{}]"), says: "the 'name' field of a function is required" },
    { text: withFunction("file: 1"), says: "'file' member of a 'function' must be a string" },
    { text: withFunction("main: 1"), says: "'main' member of a 'function' must be a string" },
    { text: withFunction("docker: 1"), says: "'docker' member of a 'function' must be a string" },
    { text: withFunction("runtime: 18"), says: "'runtime' member of a 'function' must be a string" },
    { text: withFunction("binary: word"), says: "'binary' member of a 'function' must be a boolean" },
    { text: withFunction("remoteBuild: word"), says: "'remoteBuild' member of a 'function' must be a boolean" },
    { text: withFunction("localBuild: word"), says: "'localBuild' member of a 'function' must be a boolean" },
    { text: withFunction("web: maybe"), says: "'web' member of a 'function' must be a boolean or the string 'raw'" },
    {
      text: withFunction("webSecure: true"),
      says: "'webSecure' member of a 'function' must be a boolean false or a string",
    },
    {
      text: withFunction("annotations: {raw-http: true}"),
      says: "the 'raw-http' annotation may not be set explicitly; use 'web=raw'",
    },
    {
      text: withFunction("annotations: {web-export: true}"),
      says: "the 'web-export' annotation may not be set explicitly; use 'web=true|false|\"raw\"'",
    },
    {
      text: withFunction("annotations: {require-whisk-auth: x}"),
      says: "the 'require-whisk-auth' annotation may not be set explicitly; use 'webSecure'",
    },
    {
      text: withFunction("environment: {A: true}"),
      says: "All environment values must be strings but 'A' has type 'boolean'",
    },
    { text: withFunction("parameters: word"), says: "parameters must be a dictionary" },
    { text: withFunction("limits: 5"), says: "limits must be a dictionary" },
    { text: withFunction("limits: {memory: 1GB}"), says: "'memory' member of a 'limits' clause must be a number" },
    {
      text: withFunction("sequence: []"),
      says: "'sequence' member of a 'function' must be an array of one or more strings naming functions",
    },
    {
      text: withFunction("sequence: [7]"),
      says: "'sequence' member of a 'function' must be an array of one or more strings naming functions",
    },
    { text: withFunction("triggers: {}"), says: "a 'triggers' clause must be an array" },
    { text: withTrigger("7"), says: "an individual trigger must be a dictionary" },
    {
      text: withTrigger("{type: SCHEDULED, scheduledDetails: {cron: '* * * * *'}}"),
      says: "the 'name' field of a trigger is required",
    },
    {
      text: withTrigger("{name: t, scheduledDetails: {cron: '* * * * *'}}"),
      says: "only triggers of type 'SCHEDULED' are supported",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED}"),
      says: "the 'scheduledDetails' of a trigger must be a dictionary",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, scheduledDetails: {}}"),
      says: "'scheduledDetails' has no 'cron' member",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, enabled: 1, scheduledDetails: {cron: '* * * * *'}}"),
      says: "the 'enabled' property of a trigger must be boolean",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, scheduledDetails: {cron: '* * * * *', body: x}}"),
      says: "the 'body' member of 'scheduledDetails' must be a dictionary",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, scheduledDetails: {cron: '* * * *'}}"),
      says: "the cron expression '* * * *' is not valid crontab syntax",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, scheduledDetails: {cron: '@daily'}}"),
      says: "the cron expression '@daily' is not valid crontab syntax",
    },
    {
      text: withTrigger("{name: t, type: SCHEDULED, scheduledDetails: {cron: '0 0 3 * * *'}}"),
      says: "the cron expression '0 0 3 * * *' is not valid crontab syntax",
    },
    {
      text: withTrigger("{name: t, sourceType: timer, sourceDetails: {cron: '* * * * *'}}"),
      says: "only triggers with sourceType 'scheduler' are supported",
    },
    {
      text: withTrigger("{name: t, sourceType: scheduler, sourceDetails: {cron: '61 * * * *'}}"),
      says: "the cron expression '61 * * * *' is not valid crontab syntax",
    },
  ])("are refused: $text", ({ text, says }) => {
    expect(problemsOf(text).map((problem) => problem.replace(/^\d+: /, ""))).toEqual([says]);
  });
});

describe("members that exclude each other", () => {
  test.each([
    {
      text: withFunction("sequence: [a, b]\n    runtime: nodejs:18"),
      says: "A function cannot be a sequence and also have a file, runtime, binary, or main",
    },
    {
      text: withFunction("remoteBuild: true\n    localBuild: true"),
      says: "Local and remote building cannot both be required (function f)",
    },
    {
      text: withPackage("binding: {namespace: n, name: b}\n  functions: [{name: f}]"),
      says: "A package with a binding cannot have functions of its own",
    },
    { text: "packages: [{name: a b/c}]", says: "'a b/c' cannot be the name of a package" },
    { text: "packages: [{name: p, functions: [{name: ' '}]}]", says: "' ' cannot be the name of a function" },
    {
      text: `packages: [{name: ${"n".repeat(257)}}]`,
      says: `'${"n".repeat(257)}' cannot be the name of a package`,
    },
    { text: "packages: [{name: p}, {name: p}]", says: "The package 'p' appears twice" },
    { text: "packages: [{name: p, functions: [{name: f}, {name: f}]}]", says: "The function 'f' appears twice" },
  ])("are refused: $says", ({ text, says }) => {
    expect(problemsOf(text).map((problem) => problem.replace(/^\d+: /, ""))).toEqual([says]);
  });

  test.each([
    "parameters: {a: 1}",
    "environment: {A: b}",
    "annotations: {a: 1}",
    "binding: {namespace: n, name: p}",
    "shared: true",
  ])("the default package takes no %s", (member) => {
    expect(problemsOf(`packages:\n- name: default\n  ${member}`)).toEqual([
      "2: The default package does not support attaching environment, parameters, or binding",
    ]);
  });

  test("the default package may have empty ones, as templates do", () => {
    const text =
      "packages:\n- name: default\n  parameters: {}\n  environment: {}\n  annotations: {}\n  shared: false\n  web: true";
    expect(problemsOf(text)).toEqual([]);
  });
});

test("every member of the reference is understood", () => {
  const text = `
targetNamespace: { test: fn-1, production: fn-2 }
parameters: { a: [1, { b: null }] }
environment: { LOG_LEVEL: info }
packages:
  - name: sample
    shared: true
    web: raw
    annotations: { description: things }
    parameters: { region: nyc }
    environment: { DB_URL: somewhere }
    actions:
      - name: greet
        file: packages/sample/greet
        main: hello
        docker: image/name
        runtime: nodejs:18
        binary: false
        remoteBuild: false
        localBuild: true
        web: false
        webSecure: "s3cr3t"
        annotations: { final: false }
        parameters: { greeting: hi }
        environment: { LEVEL: "1" }
        limits: { timeout: 5000, memory: 256, logs: 5 }
        triggers:
          - { name: nightly, type: SCHEDULED, scheduledDetails: { cron: "0 3 * * *", body: { name: cron } } }
          - { name: former, sourceType: scheduler, enabled: false, sourceDetails: { cron: "0 4 * * 1", withBody: { a: 1 } } }
      - name: both
        sequence: [sample/greet, /other/p/f]
  - name: bound
    binding: { namespace: other, name: utils }
`;
  const { config, problems } = check(documentOf(text), "project.yml");
  expect(problems).toEqual([]);
  expect(config.packages.map(({ functions }) => functions.map(({ triggers }) => triggers))).toEqual([
    [
      [
        { name: "nightly", enabled: true, cron: "0 3 * * *", body: { name: "cron" } },
        { name: "former", enabled: false, cron: "0 4 * * 1", body: { a: 1 } },
      ],
      [],
    ],
    [],
  ]);
  expect(config.packages[0]?.functions[0]?.spec).toMatchObject({
    web: false,
    webSecure: "s3cr3t",
    limits: { timeout: 5000 },
  });
});

test("aliases and merge keys work, and what is wrong in them is told where it was written", () => {
  const text = `
packages:
  - name: p
    environment: &common
      A: x
    functions:
      - name: f
        environment: *common
      - name: g
        environment:
          <<: *common
          B: 7`;
  expect(problemsOf(text)).toEqual(["12: All environment values must be strings but 'B' has type 'number'"]);
  expect(problemsOf(text.replace("A: x", "A: 1")).slice(0, 2)).toEqual([
    "5: All environment values must be strings but 'A' has type 'number'",
    "5: All environment values must be strings but 'A' has type 'number'",
  ]);
});

test("one wrong function hides no other problem", () => {
  const text =
    "oops: 1\npackages:\n- name: p\n  web: maybe\n  functions:\n  - name: f\n    main: 1\n  - name: g\n    main: 2";
  expect(problemsOf(text)).toEqual([
    "1: Invalid key 'oops' found in project.yml",
    "4: 'web' member of a 'package' must be a boolean or the string 'raw'",
    "7: 'main' member of a 'function' must be a string",
    "9: 'main' member of a 'function' must be a string",
  ]);
});

describe("a value from the environment is quoted as its reference", () => {
  const variables = { SECRET: "S3CR3T", LINES: "S3CR3T\nS3CR3T: x", PAIR: "S3CR3T: 1" };
  test.each([
    { text: "${SECRET}: 1", says: "1: Invalid key '${SECRET}' found in project.yml" },
    { text: "${|PAIR}", says: "1: Invalid key '${|PAIR}' found in project.yml" },
    {
      text: withPackage("environment: {x${SECRET}: 1}"),
      says: "3: All environment values must be strings but 'x${SECRET}' has type 'number'",
    },
    { text: "packages: [{name: '/${SECRET}'}]", says: "1: '/${SECRET}' cannot be the name of a package" },
    {
      text: withTrigger('{name: t, type: SCHEDULED, scheduledDetails: {cron: "${LINES}"}}'),
      says: "5: the cron expression '${LINES}' is not valid crontab syntax",
    },
  ])("$says", ({ text, says }) => {
    expect(problemsOf(text, variables)).toEqual([says]);
  });

  test("and does not shift the lines below it", () => {
    const text = "parameters:\n  pem: |\n    ${|PEM}\nnonsense: 1";
    expect(problemsOf(text, { PEM: "a\n    b\n    c" })).toEqual(["4: Invalid key 'nonsense' found in project.yml"]);
  });
});

describe("text that is no YAML", () => {
  test.each([
    "a: [1, 2",
    'a: "unterminated',
    "a: b: c",
    "a: 1\na: 2",
    " a: 1\nb: 2",
    "a: *nothing",
    "a: @x",
    "--- 1\n--- 2",
    'a: "\\q"',
    "a: [b: {",
  ])("is described without a word of it: %s", (shape) => {
    const marked = shape.replaceAll(/[a-z]+/g, (word) => `${word}S3CR3T`);
    for (const text of [shape, marked]) {
      const problems = documentOf(text).problems();
      expect(problems.length).toBeGreaterThan(0);
      for (const { message, line } of problems) {
        expect(message).toMatch(/^this is not valid YAML: /);
        expect(message).not.toMatch(/S3CR3T|it cannot be understood/);
        expect(line).toBeGreaterThan(0);
      }
    }
  });

  test.each(["", "# nothing", "just words", "[1, 2]"])("or no dictionary is said to be so: %s", (text) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining("configuration is empty or unparseable")]);
  });
});
