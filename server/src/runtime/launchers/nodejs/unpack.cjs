"use strict";
// Unpacks a zip archive inside the function's own process: a hostile archive spends the function's memory and time.

const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;
/** Files are inflated a batch at a time, so that the whole archive need not fit into memory unpacked. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** The reader does not tell modes, and a function may bring programs. */
const FILE_MODE = 0o755;

/** Unpacks `archivePath` into `directory`. `unzipSync` is fflate's. Throws on what is no sound archive. */
function unpack(archivePath, directory, unzipSync) {
  const archive = readFileSync(archivePath);
  for (const batch of batchesOf(archive, unzipSync)) {
    const files = unzipSync(archive, { filter: ({ name }) => batch.has(name) });
    for (const [name, bytes] of Object.entries(files)) put(directory, partsOf(name), bytes);
  }
}

/** The names in an archive, in batches of about the same size; a name that would leave the directory is refused. */
function batchesOf(archive, unzipSync) {
  const batches = [];
  let totalBytes = 0;
  let roomBytes = 0;
  unzipSync(archive, {
    filter: ({ name, originalSize }) => {
      if (name.startsWith("/") || name.includes("\0") || partsOf(name).includes("..")) {
        throw new Error(`The archive holds a file outside its root: ${name}`);
      }
      totalBytes += originalSize;
      if (totalBytes > UNPACKED_BYTES_MAX) {
        throw new Error(`The archive unpacks to more than ${UNPACKED_BYTES_MAX} bytes.`);
      }
      if (batches.length === 0 || originalSize > roomBytes) {
        batches.push(new Set());
        roomBytes = BATCH_BYTES;
      }
      roomBytes -= originalSize;
      batches[batches.length - 1].add(name);
      return false;
    },
  });
  return batches;
}

/** Some archivers on Windows write backslashes. */
function partsOf(name) {
  return name.split(/[\\/]/);
}

/** Writes one entry; a name that ends in a separator is a folder. */
function put(directory, parts, bytes) {
  const target = path.join(directory, ...parts);
  const isFolder = parts[parts.length - 1] === "";
  mkdirSync(isFolder ? target : path.dirname(target), { recursive: true });
  if (!isFolder) writeFileSync(target, bytes, { mode: FILE_MODE });
}

module.exports = { unpack };
