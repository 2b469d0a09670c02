import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { LauncherCommand } from "./confinement.ts";
import { createFrameReader, type Frame } from "./frames.ts";
import type { LogStream } from "./log-lines.ts";

/** How a process ended. */
export type Death = {
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | null;
  /** The last frame sent was not read by the process, so nothing came of it. */
  readonly unread: boolean;
  /** Set when there was no process in the first place. */
  readonly startError: Error | null;
};

/** What a process has to say. */
export type CellProcessEvents = {
  frame(frame: Frame): void;
  output(stream: LogStream, chunk: Buffer): void;
  /** Once, after all its output was handed over. */
  gone(death: Death): void;
};

/** A launcher's process with the processes that the function starts. */
export type CellProcess = {
  /** Undefined if it could not be started. */
  readonly pid: number | undefined;
  send(frame: Buffer): void;
  /** Ends the whole process group at once. */
  kill(): void;
  /**
   * Calls back when all that was written to stdout and stderr before the frame just received has been handed over.
   * Such output is in the kernel's buffers before the frame is, so the poll that reported the frame reported it too,
   * and one turn of the event loop suffices: no end marker has to travel through the function's own output.
   */
  afterOutput(callback: () => void): void;
};

/** An unread frame shows as one of these: the other end is gone, or went while it still had bytes to read. */
const UNREAD_CODES = ["EPIPE", "ECONNRESET"];

/** Starts a process group of its own, with an empty stdin and the channel on descriptor 3. */
export function startCellProcess(
  command: LauncherCommand,
  options: { readonly cwd: string; readonly env: Record<string, string> },
  events: CellProcessEvents,
): CellProcess {
  let unread = false;
  let running = true;

  const child = spawn(command.file, command.args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // A session and process group of its own, so that `kill` reaches what the function started.
    detached: true,
  });
  const { pid, stdout, stderr } = child;
  const channel = child.stdio[3];

  function kill(): void {
    if (pid === undefined || !running) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // Nobody of the group is left.
    }
  }

  function end(death: Omit<Death, "unread">): void {
    // What it left running goes too. The group's number cannot be somebody else's as long as a member lives.
    kill();
    running = false;
    // Twice: the end of a process is not reported through a descriptor that became ready after its output did.
    setImmediate(() =>
      setImmediate(() => {
        for (const stream of [stdout, stderr, channel]) stream?.destroy();
        events.gone({ ...death, unread });
      }),
    );
  }

  const isSound = createFrameReader((frame) => events.frame(frame));
  listen(stdout, (chunk) => events.output("stdout", chunk));
  listen(stderr, (chunk) => events.output("stderr", chunk));
  if (channel instanceof Socket) {
    channel.on("data", (chunk: Buffer) => {
      if (!isSound(chunk)) kill();
    });
    channel.on("error", (error) => {
      unread ||= "code" in error && UNREAD_CODES.includes(String(error.code));
    });
    // Without its channel a process is of no use, whether it died or closed the descriptor.
    channel.on("close", kill);
  }
  child.on("exit", (_code, signal) => end({ signal, startError: null }));
  child.on("error", (error) => {
    if (pid === undefined) end({ signal: null, startError: error });
  });

  return {
    pid,
    send: (frame) => {
      if (channel instanceof Socket && channel.writable) channel.write(frame);
      else unread = true;
    },
    kill,
    afterOutput: (callback) => {
      setImmediate(callback);
    },
  };
}

function listen(stream: Readable | null, onData: (chunk: Buffer) => void): void {
  stream?.on("data", onData);
  // The process is gone; its exit says so.
  stream?.on("error", () => {});
}
