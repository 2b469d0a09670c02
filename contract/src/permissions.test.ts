import { expect, test } from "vitest";
import { ALL_ROUTES } from "./all-routes.ts";
import { isPermitted, PERMISSIONS, type Permission } from "./permissions.ts";

test("every route that takes a token says which permission it asks for, and no other does", () => {
  for (const { id, credential, permission, scopes } of ALL_ROUTES) {
    expect([id, permission !== undefined]).toEqual([id, credential === "token"]);
    if (credential !== "token") expect([id, scopes]).toEqual([id, undefined]);
  }
});

test("an owner may do everything, and whatever a viewer may do, a member may", () => {
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    expect([permission, isPermitted("owner", permission)]).toEqual([permission, true]);
    if (isPermitted("viewer", permission))
      expect([permission, isPermitted("member", permission)]).toEqual([permission, true]);
  }
});
