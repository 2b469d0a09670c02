"use strict";
// The first code of a function's process: loads the function, then serves one activation after the other.
// README.md tells the protocol. Plain JavaScript for Node 18 and newer: it must run where the server is not installed.

const { inspect } = require("node:util");
const { readFrame, writeAll, writeFrame } = require("./channel.cjs");
const { loadMain, Refusal } = require("./load.cjs");
const { serializeError } = require("./serialize-error.cjs");

const INIT = 1;
const RUN = 2;
const HELLO = 16;
const READY = 17;
const REFUSED = 18;
const RESULT = 19;
const FAILED = 20;
const TOO_LONG = 21;

const RESULT_BYTES_MAX = 1024 * 1024;
const PREFIX_BYTES = 1024;
const NOT_A_DICTIONARY = "The function did not return a dictionary.";

// Copies, because the function may put what it likes in their places.
const { byteLength, from } = Buffer;
const { stringify } = JSON;
const { isArray } = Array;
const { now } = Date;
const { kill, pid, env } = process;
const later = setImmediate;
const subarrayOf = Function.prototype.call.bind(Buffer.prototype.subarray);
const textOf = Function.prototype.call.bind(Buffer.prototype.toString);

/** The function, once loaded. */
let main;
/** What `context` says of the function itself. */
let identity;

/** Waits for the server's next wish. Nothing else runs in the meantime. */
function serve() {
  const frame = readFrame();
  if (frame === undefined) kill(-pid, "SIGKILL");
  else if (frame.type === INIT) void initialise(frame.id, frame.body);
  else if (frame.type === RUN) run(frame.id, frame.body);
}

/**
 * Answers, and waits for what comes next. The event loop turns once before, so that a rejection nobody handled ends
 * the activation that caused it and not the next one.
 */
function answer(id, compose) {
  later(() => {
    const { type, json } = compose();
    writeFrame(type, id, json);
    serve();
  });
}

async function initialise(id, { code, action, activation, environment }) {
  for (const name of Object.keys(environment)) env[name] = environment[name];
  env.__OW_NAMESPACE = action.namespace;
  env.__OW_ACTION_NAME = action.name;
  env.__OW_ACTION_VERSION = action.version;
  describeActivation(activation);
  identity = { functionName: action.name, functionVersion: action.version, namespace: action.namespace };
  try {
    main = await loadMain(code);
    answer(id, () => ({ type: READY, json: "null" }));
  } catch (error) {
    const says = error instanceof Refusal ? error.says : explain(error);
    answer(id, () => ({ type: REFUSED, json: stringify(says) }));
  }
}

/** Puts the reason into the logs and tells the caller where to look. */
function explain(error) {
  say(2, describe(error));
  const verb = error instanceof SyntaxError ? "start" : "initialize";
  return `Cannot ${verb} function. Check logs for details.`;
}

function describeActivation(activation) {
  env.__OW_API_HOST = activation.apiHost;
  env.__OW_ACTIVATION_ID = activation.activationId;
  env.__OW_TRANSACTION_ID = activation.transactionId;
  env.__OW_DEADLINE = `${activation.deadline}`;
  // Not every caller brings one, and nobody is to find the one before it.
  if (activation.apiKey === "") delete env.__OW_API_KEY;
  else env.__OW_API_KEY = activation.apiKey;
}

function run(id, { activation, value }) {
  describeActivation(activation);
  let returned;
  try {
    returned = main(value, contextOf(activation));
    if (typeof returned?.then === "function") {
      void settle(id, returned);
      return;
    }
  } catch (error) {
    answer(id, () => thrown(error));
    return;
  }
  answer(id, () => resultOf(returned));
}

async function settle(id, promise) {
  try {
    const value = await promise;
    answer(id, () => resultOf(value));
  } catch (reason) {
    answer(id, () => rejected(reason));
  }
}

function contextOf({ activationId, transactionId, apiHost, apiKey, deadline }) {
  return {
    ...identity,
    activationId,
    requestId: transactionId,
    apiHost,
    apiKey,
    deadline,
    getRemainingTimeInMillis: () => deadline - now(),
  };
}

function resultOf(value) {
  if (value === undefined) return { type: RESULT, json: "{}" };
  let json;
  try {
    json = stringify(value);
  } catch (error) {
    say(2, `The result cannot be written as JSON: ${describe(error)}`);
    return { type: FAILED, json: stringify(NOT_A_DICTIONARY) };
  }
  if (json === undefined || json[0] !== "{") {
    say(2, `Result must be of type object but has type "${typeName(value)}": ${describe(value)}`);
    return { type: FAILED, json: stringify(NOT_A_DICTIONARY) };
  }
  const bytes = byteLength(json);
  return bytes > RESULT_BYTES_MAX ? tooLong(json, bytes) : { type: RESULT, json };
}

function tooLong(json, bytes) {
  const prefix = textOf(subarrayOf(from(json), 0, PREFIX_BYTES), "utf8");
  return { type: TOO_LONG, json: stringify({ bytes, prefix }) };
}

function thrown(error) {
  say(1, describe(error));
  return typeof error?.message === "string" ? resultOf({ error: error.message }) : rejected(error);
}

function rejected(reason) {
  return resultOf({ error: reason ? serializeError(reason) : {} });
}

function typeName(value) {
  if (value === null) return "null";
  return isArray(value) ? "array" : typeof value;
}

/** Text for the logs; a getter of the function's may throw. */
function describe(value) {
  try {
    return typeof value === "string" ? value : inspect(value);
  } catch {
    return "(a value that cannot be shown)";
  }
}

function say(descriptor, text) {
  writeAll(descriptor, from(`${text}\n`));
}

/**
 * Has the console write at once. Node queues what a pipe does not take, but what is to count as this activation's output
 * must have left the process before the answer does. The streams are made when they are first used, as Node does it.
 */
function makeBlocking(name) {
  const { get, ...property } = Object.getOwnPropertyDescriptor(process, name);
  let stream;
  Object.defineProperty(process, name, {
    ...property,
    get() {
      if (stream === undefined) {
        stream = get.call(process);
        stream._handle?.setBlocking?.(true);
      }
      return stream;
    },
  });
}

makeBlocking("stdout");
makeBlocking("stderr");
process.umask(0o077);
// A function that waits for something which will never happen shall run into its time limit, not end the process.
setInterval(() => {}, 0x7fffffff);
writeFrame(HELLO, 0, "null");
serve();
