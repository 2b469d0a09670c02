import { expect, test } from "vitest";
import { type Crowd, cellsWanted } from "./growth.ts";

const CORES = 2;
const CELLS_MAX = 20;
const crowd = (parts: Partial<Crowd>): Crowd => ({
  cells: 2,
  starting: 0,
  waiting: 10,
  overdue: 10,
  served: 0,
  crowded: true,
  ...parts,
});

test.each([
  { what: "nobody waits", crowd: crowd({ waiting: 0, overdue: 0, cells: 0 }), wanted: 0 },
  { what: "the first call comes", crowd: crowd({ cells: 0, waiting: 1, overdue: 0, crowded: false }), wanted: 1 },
  { what: "the first of many calls comes", crowd: crowd({ cells: 0, crowded: false }), wanted: 1 },
  { what: "calls queue for a moment", crowd: crowd({ cells: 1, crowded: false }), wanted: 0 },
  { what: "calls keep queueing before one process", crowd: crowd({ cells: 1, served: 1000 }), wanted: 1 },
  { what: "the first process is still starting", crowd: crowd({ cells: 1, starting: 1 }), wanted: 0 },
  { what: "short calls queue before as many as cores", crowd: crowd({ served: 100 }), wanted: 0 },
  { what: "the queue will be gone soon", crowd: crowd({ waiting: 12, served: 3 }), wanted: 0 },
  { what: "the queue will not be gone soon", crowd: crowd({ waiting: 13, served: 3 }), wanted: 2 },
  { what: "calls wait behind long ones", crowd: crowd({ cells: 4 }), wanted: 4 },
  { what: "few of them have waited long", crowd: crowd({ cells: 4, overdue: 1 }), wanted: 1 },
  { what: "some are still starting", crowd: crowd({ cells: 8, starting: 3 }), wanted: 0 },
  { what: "the action has as many as it may", crowd: crowd({ cells: CELLS_MAX }), wanted: 0 },
  { what: "it has almost as many as it may", crowd: crowd({ cells: CELLS_MAX - 1 }), wanted: 1 },
])("$wanted more when $what", ({ crowd, wanted }) => {
  expect(cellsWanted(crowd, CORES, CELLS_MAX)).toBe(wanted);
});
