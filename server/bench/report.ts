import type { AuditRow } from "./audit.ts";
import type { FootprintRow } from "./footprint.ts";
import type { ColdRow, WarmRow } from "./invoke.ts";
import type { RemovalRow } from "./removal.ts";
import type { SchedulesRow } from "./schedules.ts";
import type { VerifyRow } from "./verify.ts";

export type Results = {
  commit: string;
  date: string;
  machine: string;
  node: string;
  verify?: VerifyRow[];
  warm?: WarmRow[];
  web?: WarmRow[];
  sequence?: WarmRow[];
  accepted?: WarmRow[];
  cold?: ColdRow;
  footprint?: FootprintRow;
  removal?: RemovalRow[];
  schedules?: SchedulesRow;
  audit?: AuditRow;
};

const table = (headings: string[], rows: string[][]): string =>
  [headings, headings.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function warmTable(rows: WarmRow[]): string {
  const headings = ["conn.", "ratio", "req/s", "bare req/s", "p50 ms", "p99 ms", "server CPU µs", "bare CPU µs"];
  const cells = (row: WarmRow): string[] => [
    String(row.connections),
    row.ratio.toFixed(3),
    row.subject.requestsPerSecond.toFixed(0),
    row.bare.requestsPerSecond.toFixed(0),
    row.subject.p50Ms.toFixed(2),
    row.subject.p99Ms.toFixed(2),
    row.subject.cpuMicrosecondsPerRequest.toFixed(1),
    row.bare.cpuMicrosecondsPerRequest.toFixed(1),
  ];
  return table(headings, rows.map(cells));
}

/** The results as a page for people. Ratio: Latchkey's requests per second over bare `node:http`'s, medians of the same rounds. */
export function report(results: Results): string {
  const parts = [`# Bench ${results.date}, commit ${results.commit}`, `${results.machine}, Node ${results.node}`];
  if (results.verify !== undefined) {
    const rows = results.verify.map((row) => [
      row.keys.toLocaleString("en"),
      String(row.connections),
      row.drawn,
      row.ratio.toFixed(2),
      row.subject.requestsPerSecond.toFixed(0),
      row.bare.requestsPerSecond.toFixed(0),
      row.subject.p50Ms.toFixed(2),
      row.subject.p99Ms.toFixed(2),
      row.subject.cpuMicrosecondsPerRequest.toFixed(1),
      row.bare.cpuMicrosecondsPerRequest.toFixed(1),
      row.cpuRatio.toFixed(2),
    ]);
    const headings = [
      "keys",
      "conn.",
      "drawn",
      "ratio",
      "req/s",
      "bare req/s",
      "p50 ms",
      "p99 ms",
      "CPU µs",
      "bare CPU µs",
      "CPU ratio",
    ];
    parts.push("## Verify: authenticated `GET /api/v1/namespaces`", table(headings, rows));
  }
  if (results.warm !== undefined) parts.push("## Warm invoke: blocking, recorded", warmTable(results.warm));
  if (results.web !== undefined) parts.push("## Web action: warm, recorded", warmTable(results.web));
  if (results.sequence !== undefined) parts.push("## Sequence of three: warm, recorded", warmTable(results.sequence));
  if (results.accepted !== undefined)
    parts.push("## Accepted: non-blocking, written down before it is answered", warmTable(results.accepted));
  if (results.cold !== undefined) {
    const { coldP50Ms, coldP99Ms, bareP50Ms, nodeStartMs, samples } = results.cold;
    const cells = [
      coldP50Ms.toFixed(1),
      coldP99Ms.toFixed(1),
      nodeStartMs.toFixed(1),
      (coldP50Ms / nodeStartMs).toFixed(2),
      bareP50Ms.toFixed(2),
      (coldP50Ms / bareP50Ms).toFixed(1),
      String(samples),
    ];
    parts.push(
      "## Cold invoke",
      table(
        ["p50 ms", "p99 ms", "`node -e 0` ms", "ratio to it", "bare request ms", "ratio to it", "samples"],
        [cells],
      ),
    );
  }
  if (results.schedules !== undefined) {
    const { schedules, takenMs, recordedMs, slowestRequestMs, samples } = results.schedules;
    const cells = [schedules, takenMs.toFixed(0), recordedMs.toFixed(0), slowestRequestMs.toFixed(0), samples];
    parts.push(
      "## Schedules due in the same second",
      table(
        ["schedules", "all taken ms", "all on record ms", "slowest request meanwhile ms", "samples"],
        [cells.map(String)],
      ),
    );
  }
  if (results.footprint !== undefined) {
    const { startToListeningMs, idleMib, samples } = results.footprint;
    parts.push(
      "## Footprint",
      table(
        ["start to first answer ms", "idle MiB", "samples"],
        [[startToListeningMs.toFixed(0), idleMib.toFixed(0), String(samples)]],
      ),
    );
  }
  if (results.removal !== undefined) {
    const rows = results.removal.map((row) => [
      row.members.toLocaleString("en"),
      row.keys.toLocaleString("en"),
      row.p50Ms.toFixed(2),
      row.p99Ms.toFixed(2),
      row.bareP50Ms.toFixed(2),
      row.ratio.toFixed(1),
    ]);
    const headings = ["members", "keys", "p50 ms", "p99 ms", "smallest change p50 ms", "ratio"];
    parts.push("## Removing a member with ten keys", table(headings, rows));
  }
  if (results.audit !== undefined) {
    const row = results.audit;
    parts.push(
      "## Verifying an audit log",
      table(
        [
          ...["entries", "bytes hashed each", "entries/s", "bare SHA-256 entries/s", "ratio"],
          ...["CPU µs", "bare CPU µs", "CPU ratio", "longest turn ms"],
        ],
        [
          [
            row.entries.toLocaleString("en"),
            row.bytesPerEntry.toFixed(0),
            row.entriesPerSecond.toFixed(0),
            row.bareEntriesPerSecond.toFixed(0),
            row.ratio.toFixed(3),
            row.cpuMicrosecondsPerEntry.toFixed(1),
            row.bareCpuMicrosecondsPerEntry.toFixed(2),
            row.cpuRatio.toFixed(3),
            row.longestTurnMs.toFixed(0),
          ],
        ],
      ),
    );
  }
  return `${parts.join("\n\n")}\n`;
}
