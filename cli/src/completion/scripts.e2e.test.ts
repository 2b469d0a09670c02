import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTerminal } from "../../test/terminal.ts";
import { SHELLS, scriptFor } from "./scripts.ts";

const BIN = join(import.meta.dirname, "../../bin/latchkey.js");
const TAB = "\t";
const CONTROL_U = "\u0015";
const CONTROL_X = "\u0018";

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-completion-"));
  symlinkSync(BIN, join(folder, "latchkey"));
  for (const shell of SHELLS) writeFileSync(join(folder, `completion.${shell}`), scriptFor(shell));
  mkdirSync(join(folder, "my-project"));
  writeFileSync(join(folder, "my-file"), "");
  mkdirSync(join(folder, "connections"));
  const demo = {
    namespace: "fn-1",
    label: "the demo",
    api_host: "http://h",
    access_key: { id: "dof_v1_0", secret: "s" },
  };
  writeFileSync(join(folder, "connections/fn-1.json"), JSON.stringify(demo), { mode: 0o600 });
  environment = {
    PATH: [folder, dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: folder,
    LATCHKEY_CONFIG_DIR: folder,
    LC_ALL: "C.UTF-8",
    TERM: "dumb",
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How to start a shell that has loaded its script, shows READY, and shows the line that is being written at Control-X. */
const STARTS = {
  bash: [
    "bash",
    "--norc",
    "-c",
    `cat > rc <<'RC'
source completion.bash
bind -x '"\\C-x": echo "LINE<$READLINE_LINE>"'
PS1='READY '
RC
exec bash --rcfile rc -i`,
  ],
  zsh: [
    "zsh",
    "-f",
    "-c",
    `cat > .zshrc <<'RC'
autoload -U compinit && compinit -u -D
source completion.zsh
show() { print -r -- "LINE<$BUFFER>" }
zle -N show
bindkey '^X' show
PS1='READY '
RC
ZDOTDIR=$PWD exec zsh -d -i`,
  ],
  fish: [
    "fish",
    "--no-config",
    "--init-command",
    `source completion.fish
function fish_prompt; echo 'READY '; end
bind \\cx 'echo "LINE<"(commandline)">"'`,
  ],
} as const;

/** What becomes of each line at the Tab key. */
async function complete(shell: keyof typeof STARTS, lines: readonly string[]): Promise<Record<string, string>> {
  const terminal = openTerminal(STARTS[shell], { env: environment, cwd: folder });
  await terminal.waitFor(/READY /);
  const completed: Record<string, string> = {};
  for (const line of lines) {
    terminal.type(line + TAB + CONTROL_X);
    const shown = await terminal.waitFor(/LINE<[^\n]*>/);
    completed[line] = /LINE<(.*)>/.exec(shown)?.[1] ?? "";
    terminal.type(CONTROL_U);
  }
  return completed;
}

describe.each(SHELLS)("%s", (shell) => {
  test("completes commands, options, values, files, folders and connections", async () => {
    const becomes = {
      "latchkey namesp": "latchkey namespaces ",
      "latchkey key rot": "latchkey key rotate ",
      "latchkey key create --exp": "latchkey key create --expiration ",
      "latchkey ns list --output js": "latchkey ns list --output json ",
      // There is a file of this beginning, too.
      "latchkey deploy my": "latchkey deploy my-project/",
      "latchkey deploy . --env my-f": "latchkey deploy . --env my-file ",
      "latchkey connections use the": "latchkey connections use the\\ demo ",
    };
    expect(await complete(shell, Object.keys(becomes))).toEqual(becomes);
  });

  test("evaluates nothing of what is typed", async () => {
    const line = "latchkey key '$(touch evaluated)' `touch evaluated` ";
    expect(await complete(shell, [line])).toEqual({ [line]: line });
    expect(() => rmSync(join(folder, "evaluated"))).toThrow("ENOENT");
  });
});
