/** Who decided something: the user as the system knows them, or as the environment does. */

import { expect, test, vi } from "vitest";
import { noteFrom } from "../../src/cli/note.ts";

const os = vi.hoisted(() => ({ user: "ada" as string | undefined }));
vi.mock("node:os", () => ({
  hostname: () => "here",
  userInfo: () => {
    if (os.user === undefined) throw new Error("ENOENT: no such user");
    return { username: os.user };
  },
}));

test("a note names user, machine, time and reason", () => {
  expect(noteFrom("accepted", "  because ", {})).toEqual({
    kind: "accepted",
    reason: "because",
    who: "ada@here",
    atMs: expect.any(Number),
  });
  expect(noteFrom("restored", undefined, {}).reason).toBe("");
});

test("a user id without a name is named by the environment, or by its number", () => {
  os.user = undefined;
  expect(noteFrom("restored", "", { USER: "grace" }).who).toBe("grace@here");
  expect(noteFrom("restored", "", { LOGNAME: "joan" }).who).toBe("joan@here");
  expect(noteFrom("restored", "", {}).who).toMatch(/^user \d+@here$/);
});
