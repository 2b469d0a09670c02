import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";

/** Starts a thread that runs `file` and is told `path`. */
export function startThread(file: URL, path: string): Worker {
  // Threads do not inherit the compile cache; without it, compiling TypeScript takes each of them some 20 MB.
  const compileCache = getCompileCacheDir();
  return new Worker(file, {
    workerData: path,
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache },
  });
}
