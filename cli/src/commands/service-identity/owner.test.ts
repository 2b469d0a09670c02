import { expect, test } from "vitest";
import { tellOwner } from "./owner.ts";

const robot = { id: "u3", name: "pipeline", kind: "service" } as const;

test("a service identity is told with whom to ask about it", () => {
  expect(tellOwner({ id: "u1", name: "Ada", kind: "person" })).toBe("Ada");
  expect(tellOwner({ ...robot, responsible: { id: "u1", name: "Ada", is_member: true } })).toBe(
    "pipeline, responsible: Ada",
  );
  expect(tellOwner({ ...robot, responsible: { id: "u1", name: "Ada", is_member: false } })).toBe(
    "pipeline, responsible: Ada (has left the team)",
  );
});
