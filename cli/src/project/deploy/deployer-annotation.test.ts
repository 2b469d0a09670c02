import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempFolder, writeFiles } from "../../../test/temp-folder.ts";
import { describeDeployer, withoutCredentials } from "./deployer-annotation.ts";

const environment = { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null" };

async function repository(): Promise<{ root: string; git: (...args: string[]) => string }> {
  const root = await tempFolder({ "demo/project.yml": "", "other.txt": "" });
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", env: environment });
  git("init", "-q");
  git("config", "user.email", "dev@example.com");
  git("config", "user.name", "Dev");
  git("config", "commit.gpgsign", "false");
  git("remote", "add", "origin", "https://dev:t0ken@example.com/team/repo.git");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  return { root, git };
}

describe("where a deployment came from", () => {
  test("is told by git, without what is secret in a remote's URL", async () => {
    const { root, git } = await repository();
    expect(await describeDeployer(join(root, "demo"), environment)).toEqual({
      user: "dev@example.com",
      repository: "https://example.com/team/repo.git",
      projectPath: "demo",
      commit: git("rev-parse", "HEAD").slice(0, 8),
    });
  });

  test("is the same when the project is reached through a link", async () => {
    const { root } = await repository();
    const link = join(await tempFolder(), "link");
    await symlink(root, link);
    expect((await describeDeployer(join(link, "demo"), environment)).projectPath).toBe("demo");
  });

  test("has two pluses when there are uncommitted changes", async () => {
    const { root } = await repository();
    await writeFiles(root, { "new.txt": "" });
    expect((await describeDeployer(root, environment)).commit).toMatch(/^[0-9a-f]{8}\+\+$/);
    expect((await describeDeployer(root, environment)).projectPath).toBe(".");
  });

  test.each([
    { where: "outside a repository", env: environment },
    { where: "without git", env: { PATH: "/nowhere" } },
  ])("is a folder's name and a user's $where", async ({ env }) => {
    const root = join(await tempFolder({ "demo/project.yml": "" }), "demo");
    expect(await describeDeployer(root, env)).toEqual({ user: expect.any(String), projectPath: "demo" });
  });
});

test.each([
  { remote: "https://user:token@example.com/a/b.git", shown: "https://example.com/a/b.git" },
  { remote: "https://token@example.com/a/b.git", shown: "https://example.com/a/b.git" },
  { remote: "https://user:p@ss@example.com/a@b.git", shown: "https://example.com/a@b.git" },
  { remote: "https://example.com/a/b.git", shown: "https://example.com/a/b.git" },
  { remote: "ssh://git@example.com/a/b.git", shown: "ssh://example.com/a/b.git" },
  { remote: "git@example.com:a/b.git", shown: "git@example.com:a/b.git" },
])("$remote is told as $shown", ({ remote, shown }) => {
  expect(withoutCredentials(remote)).toBe(shown);
});
