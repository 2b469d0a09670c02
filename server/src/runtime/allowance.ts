/** What all processes together may take of the machine. */
export type Allowance = {
  readonly cells: number;
  readonly memoryMb: number;
  /** Of `cells`, those that are on their way out and still take their share. */
  readonly leaving: number;
  /** Whether one more fits: now, once those that are leaving have left, or not at all. */
  fits(memoryMb: number): "now" | "soon" | "no";
  take(memoryMb: number): void;
  /** A process was told to end; its share is free only when it has. */
  announce(memoryMb: number): void;
  /** A process has ended. */
  giveBack(memoryMb: number, wasAnnounced: boolean): void;
};

/** Counts processes and their memory limits. A single process always fits, however small the allowance. */
export function createAllowance(cellsMax: number, memoryMbMax: number): Allowance {
  let [cells, memoryMb, leaving, leavingMb] = [0, 0, 0, 0];

  const has = (takenCells: number, takenMb: number, wantedMb: number) =>
    takenCells === 0 || (takenCells < cellsMax && takenMb + wantedMb <= memoryMbMax);

  return {
    get cells() {
      return cells;
    },
    get memoryMb() {
      return memoryMb;
    },
    get leaving() {
      return leaving;
    },
    fits(wantedMb) {
      if (has(cells, memoryMb, wantedMb)) return "now";
      return has(cells - leaving, memoryMb - leavingMb, wantedMb) ? "soon" : "no";
    },
    take(takenMb) {
      cells += 1;
      memoryMb += takenMb;
    },
    announce(leftMb) {
      leaving += 1;
      leavingMb += leftMb;
    },
    giveBack(freedMb, wasAnnounced) {
      cells -= 1;
      memoryMb -= freedMb;
      if (!wasAnnounced) return;
      leaving -= 1;
      leavingMb -= freedMb;
    },
  };
}
