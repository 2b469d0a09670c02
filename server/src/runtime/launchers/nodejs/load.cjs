"use strict";
// From uploaded code to a callable main function. CommonJS is tried first, because most functions are and starting
// the machinery of ES modules costs a quarter of a cold start.

const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const vm = require("node:vm");

/** What a caller is told when a function cannot be loaded, without a stack: the texts are DigitalOcean's. */
class Refusal {
  constructor(says) {
    this.says = says;
  }
}

const NO_ROOT_FILE = "Zipped functions must contain either package.json or index.[m]js at the root.";
const WRITTEN_AS_MODULE =
  /Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module|await is only valid in async functions and the top level bodies of modules/;
const IMPORT_ONLY = ["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"];
/** Extensions that `require.resolve` does not try. */
const EXPLICIT_EXTENSIONS = [".mjs", ".cjs"];
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The function to call, bound to what exports it. Throws a Refusal or whatever the code throws. */
async function loadMain({ codeDirectory, archivePath, unzipPath, main }) {
  const { file, name } = splitMain(main);
  const exported =
    archivePath === null
      ? await loadSource(path.join(codeDirectory, "index.js"), name)
      : await loadArchive(archivePath, codeDirectory, file, unzipPath);
  const holder = typeof exported?.[name] === "function" ? exported : exported?.default;
  const found = holder?.[name];
  if (typeof found !== "function") throw new Refusal(`Function entrypoint '${main || name}' is not a function.`);
  return found.bind(holder);
}

/** `file.function` names both; `function` alone means the archive's own entry. */
function splitMain(main) {
  const dot = main.lastIndexOf(".");
  if (dot <= 0) return { file: undefined, name: main || "main" };
  return { file: main.slice(0, dot), name: main.slice(dot + 1) };
}

async function loadSource(sourcePath, name) {
  const source = readFileSync(sourcePath, "utf8");
  let evaluate;
  try {
    evaluate = compileSource(source, sourcePath, name);
  } catch (error) {
    if (!isWrittenAsModule(error)) throw error;
    const modulePath = sourcePath.replace(/\.js$/, ".mjs");
    writeFileSync(modulePath, source);
    return await import(pathToFileURL(modulePath).href);
  }
  const module = { exports: {}, filename: sourcePath, id: ".", loaded: false, children: [], paths: [] };
  const topLevel = Reflect.apply(evaluate, module.exports, [
    module.exports,
    createRequire(sourcePath),
    module,
    sourcePath,
    path.dirname(sourcePath),
  ]);
  module.loaded = true;
  return typeof module.exports?.[name] === "function" ? module.exports : { [name]: topLevel };
}

/** Compiles CommonJS so that it returns its top-level function `name`: OpenWhisk does not ask that it be exported. */
function compileSource(source, filename, name) {
  const compile = (text) =>
    vm.compileFunction(text, ["exports", "require", "module", "__filename", "__dirname"], {
      filename,
      // Node 18 has no such constant and no import() in such a function.
      importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  if (IDENTIFIER.test(name)) {
    try {
      return compile(`${source}\n;return typeof ${name} === "undefined" ? undefined : ${name};`);
    } catch {
      // Either the source is at fault, which the next line will tell better, or the name is a reserved word.
    }
  }
  return compile(source);
}

async function loadArchive(archivePath, directory, file, unzipPath) {
  // Not needed by most functions, so not loaded for them.
  const { unpack } = require("./unpack.cjs");
  const { unzipSync } = require(unzipPath);
  try {
    unpack(archivePath, directory, unzipSync);
  } catch (error) {
    console.error("The archive cannot be unpacked:", error);
    throw new Refusal(NO_ROOT_FILE);
  }
  const requireHere = createRequire(path.join(directory, "index.js"));
  const entry = requireHere.resolve(entryOf(directory, file));
  if (entry.endsWith(".mjs")) return await import(pathToFileURL(entry).href);
  try {
    return requireHere(entry);
  } catch (error) {
    if (!IMPORT_ONLY.includes(error?.code) && !isWrittenAsModule(error)) throw error;
    return await import(pathToFileURL(entry).href);
  }
}

/** What to load of an unpacked archive. */
function entryOf(directory, file) {
  const at = (name) => path.join(directory, name);
  const has = (name) => existsSync(at(name));
  if (file !== undefined) return at(file + (EXPLICIT_EXTENSIONS.find((extension) => has(file + extension)) ?? ""));
  const isPackage = has("package.json");
  const namesMain = isPackage && JSON.parse(readFileSync(at("package.json"), "utf8")).main !== undefined;
  if (namesMain || has("index.js")) return directory;
  if (has("index.mjs")) return at("index.mjs");
  if (!isPackage) throw new Refusal(NO_ROOT_FILE);
  return directory;
}

function isWrittenAsModule(error) {
  return error instanceof SyntaxError && WRITTEN_AS_MODULE.test(error.message);
}

module.exports = { loadMain, Refusal };
