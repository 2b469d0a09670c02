import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import type { Call } from "./call.ts";
import { type Death, startCellProcess } from "./cell-process.ts";
import { type HostTools, launcherEnvironment, nodeLauncherCommand } from "./confinement.ts";
import { ANSWER, encodeFrame, type Frame, REQUEST } from "./frames.ts";
import { createLogCollector, type LogCollector, type LogStream } from "./log-lines.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import type { ActionToRun } from "./model.ts";
import type { CellDirectory, Scratch } from "./scratch.ts";
import { failure, judgeAnswer, type Phase, parseRefusal, type Verdict, verdicts } from "./verdict.ts";

/** A process that serves one revision of one action, a call at a time. */
export type Cell = {
  readonly pid: number | undefined;
  readonly memoryMb: number;
  /** Only after `ready`, and again after each `free`. */
  perform(call: Call): void;
  isBusy(): boolean;
  /** Ends the process; a call it is performing gets `verdict`. */
  kill(verdict: Verdict): void;
};

/** What becomes of a cell. */
export type CellEvents = {
  /** The process is up and takes its first call. */
  ready(): void;
  /** The call is done and its output gathered; takes the next one. */
  free(): void;
  /** The end, in any case. */
  gone(end: CellEnd): void;
};

/** What a cell leaves behind. */
export type CellEnd = {
  /** A call that it was given and did not look at: nothing of the function has run for it. */
  readonly handedBack: Call | null;
  /** Why it never became ready; null if it did. */
  readonly startFailure: { readonly error: unknown; readonly of: "code" | "process" } | null;
};

/** What a cell needs of its surroundings. */
export type CellDeps = {
  readonly clock: Clock;
  readonly scratch: Scratch;
  readonly tools: HostTools;
  readonly memoryWatch: MemoryWatch;
  /** Its folder could not be removed. */
  onLitter(error: unknown): void;
};

/** From spawn to the launcher's first word; it takes some 30 ms, and a process that hangs here never speaks. */
const START_TIMEOUT_MS = 10_000;
const UNZIP_PATH = createRequire(import.meta.url).resolve("fflate");
/** V8's last words, in stderr, before it aborts the process. */
const OUT_OF_MEMORY_WORDS = ["heap out of memory", "process out of memory"];
/** What a program left behind may write while nothing runs, before it becomes a burden to the server that reads it. */
const IDLE_OUTPUT_BYTES_MAX = 1024 * 1024;
const NOTE_ON_DEATH = "The action did not initialize or run as expected. Log data might be missing.";

/** One activation while its process is at it. */
type Performance = {
  readonly call: Call;
  readonly startedAt: EpochMs;
  readonly startedAtMs: number;
  readonly finishLogs: (lines: readonly string[]) => void;
  readonly logs: Promise<readonly string[]>;
  collector: LogCollector | null;
  phase: Phase;
  initMs: number | null;
  /** How the caller got its outcome: by the process's answer, or by an end that cut it off. Null until then. */
  settled: "answered" | "cut" | null;
  timer: NodeJS.Timeout | null;
};

/** Starts a process for `action`. Its code is fetched and put in place while the process comes up. */
export function startCell(deps: CellDeps, action: ActionToRun, events: CellEvents): Cell {
  const { clock } = deps;
  const { limits } = action;
  const directory = deps.scratch.make();
  const hello = Promise.withResolvers<void>();
  let isReady = false;
  let isInitialised = false;
  let isDying = false;
  let codeFailure: { error: unknown } | null = null;
  let requestId = 0;
  let current: Performance | null = null;
  let sawOutOfMemory = false;
  let idleOutputBytes = 0;

  const cellProcess = startCellProcess(
    nodeLauncherCommand(deps.tools, limits.memoryMb),
    { cwd: directory.code, env: launcherEnvironment(directory.temporary) },
    { frame: onFrame, output: onOutput, gone: onGone },
  );
  const cell: Cell = {
    pid: cellProcess.pid,
    memoryMb: limits.memoryMb,
    isBusy: () => current !== null,
    perform,
    kill,
  };
  const startTimer = setTimeout(end, START_TIMEOUT_MS);
  Promise.all([hello.promise, placeCode(action, directory)]).then(
    () => {
      if (isDying) return;
      clearTimeout(startTimer);
      isReady = true;
      events.ready();
    },
    (error: unknown) => {
      codeFailure = { error };
      end();
    },
  );

  function end(): void {
    isDying = true;
    cellProcess.kill();
  }

  function kill(verdict: Verdict): void {
    if (current?.settled === null) settle(current, "cut", verdict);
    end();
  }

  function perform(call: Call): void {
    const { promise: logs, resolve: finishLogs } = Promise.withResolvers<readonly string[]>();
    current = {
      call,
      startedAt: clock.now(),
      startedAtMs: clock.monotonicMs(),
      finishLogs,
      logs,
      collector: null,
      phase: isInitialised ? "run" : "init",
      initMs: null,
      settled: null,
      timer: null,
    };
    sawOutOfMemory = false;
    idleOutputBytes = 0;
    deps.memoryWatch.follow(cell);
    if (isInitialised) sendRun(current);
    else sendInit(current);
  }

  function sendInit(performance: Performance): void {
    const body = {
      code: {
        codeDirectory: directory.code,
        archivePath: action.binary ? directory.archive : null,
        unzipPath: UNZIP_PATH,
        main: action.main,
      },
      action: { namespace: action.namespaceId, name: action.qualifiedName, version: action.version },
      environment: action.environment,
      activation: describeActivation(performance.call),
    };
    send(performance, REQUEST.init, JSON.stringify(body));
  }

  function sendRun(performance: Performance): void {
    const { call } = performance;
    const json = `{"activation":${JSON.stringify(describeActivation(call))},"value":${call.valueJson}}`;
    send(performance, REQUEST.run, json);
  }

  function send(performance: Performance, type: number, json: string): void {
    requestId = (requestId + 1) >>> 0;
    performance.timer = setTimeout(
      () => kill(verdicts.timedOut(performance.phase, limits.timeoutMs)),
      limits.timeoutMs,
    );
    cellProcess.send(encodeFrame(type, requestId, json));
  }

  function describeActivation({ request }: Call): Record<string, string | number> {
    const { activationId, transactionId, apiHost } = request;
    const apiKey = request.apiKey?.reveal() ?? "";
    return { activationId, transactionId, apiHost, apiKey, deadline: clock.now() + limits.timeoutMs };
  }

  /** A frame that nobody asked for comes from a function that plays with the channel. */
  function onFrame(frame: Frame): void {
    if (!isReady && frame.type === ANSWER.hello) hello.resolve();
    else if (current?.settled !== null || frame.id !== requestId) end();
    else if (current.phase === "init") onInitAnswer(current, frame);
    else onRunAnswer(current, frame);
  }

  function onInitAnswer(performance: Performance, { type, body }: Frame): void {
    if (performance.timer !== null) clearTimeout(performance.timer);
    const refusal = type === ANSWER.refused ? parseRefusal(body) : undefined;
    if (refusal !== undefined) {
      settle(performance, "answered", failure("developer_error", refusal));
      end();
    } else if (type === ANSWER.ready) {
      isInitialised = true;
      performance.phase = "run";
      performance.initMs = elapsedMs(performance);
      sendRun(performance);
    } else {
      end();
    }
  }

  function onRunAnswer(performance: Performance, { type, body }: Frame): void {
    const verdict = judgeAnswer(type, body);
    if (verdict === undefined) {
      end();
      return;
    }
    settle(performance, "answered", verdict);
    cellProcess.afterOutput(release);
  }

  function settle(performance: Performance, how: "answered" | "cut", verdict: Verdict): void {
    const { call, startedAt, startedAtMs, timer, logs } = performance;
    if (timer !== null) clearTimeout(timer);
    performance.settled = how;
    const durationMs = elapsedMs(performance);
    call.resolve({
      ...verdict,
      startedAt,
      endedAt: startedAt + durationMs,
      waitMs: Math.round(startedAtMs - call.acceptedAtMs),
      initMs: performance.phase === "init" ? durationMs : performance.initMs,
      logs,
    });
  }

  function elapsedMs(performance: Performance): number {
    return Math.round(clock.monotonicMs() - performance.startedAtMs);
  }

  function release(): void {
    if (current === null || isDying) return;
    current.finishLogs(current.collector?.finish() ?? []);
    current = null;
    events.free();
  }

  /** Between activations there is nobody to show it to. */
  function onOutput(stream: LogStream, chunk: Buffer): void {
    if (current === null) {
      idleOutputBytes += chunk.length;
      if (idleOutputBytes > IDLE_OUTPUT_BYTES_MAX) end();
      return;
    }
    current.collector ??= createLogCollector(clock, limits.logsBytes);
    current.collector.write(stream, chunk);
    if (stream === "stderr") sawOutOfMemory ||= OUT_OF_MEMORY_WORDS.some((words) => chunk.includes(words));
  }

  function onGone(death: Death): void {
    isDying = true;
    clearTimeout(startTimer);
    directory.remove().catch(deps.onLitter);
    events.gone({ handedBack: current === null ? null : leave(current, death), startFailure: startFailure(death) });
  }

  /** Ends what was being performed when the process went; returns the call if it can be performed by another. */
  function leave(performance: Performance, death: Death): Call | null {
    const { call } = performance;
    if (performance.timer !== null) clearTimeout(performance.timer);
    if (performance.settled === null && death.unread && !call.handedBack) {
      call.handedBack = true;
      return call;
    }
    if (performance.settled === null) settle(performance, "cut", judgeDeath(performance, death));
    const collector = performance.collector ?? createLogCollector(clock, limits.logsBytes);
    performance.finishLogs(collector.finish(performance.settled === "cut" ? NOTE_ON_DEATH : undefined));
    return null;
  }

  function judgeDeath({ phase }: Performance, { signal }: Death): Verdict {
    if (signal !== null && sawOutOfMemory) return verdicts.outOfMemory();
    return verdicts.exited(phase);
  }

  function startFailure({ startError, signal }: Death): CellEnd["startFailure"] {
    if (isReady) return null;
    if (codeFailure !== null) return { error: codeFailure.error, of: "code" };
    return { error: startError ?? new Error(`The launcher ended before it was ready (${signal}).`), of: "process" };
  }

  return cell;
}

async function placeCode(action: ActionToRun, directory: CellDirectory): Promise<void> {
  const code = await action.loadCode();
  if (action.binary) await writeFile(directory.archive, code, "base64");
  else await writeFile(join(directory.code, "index.js"), code);
}
