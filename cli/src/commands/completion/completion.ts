import { defineCommand } from "../../command.ts";
import { SHELLS, scriptFor } from "../../completion/scripts.ts";

export const completion = defineCommand({
  summary: "Print a script that teaches your shell to complete latchkey's commands",
  examples: [
    ["source <(latchkey completion bash)", "bash: add this to ~/.bashrc"],
    ["source <(latchkey completion zsh)", "zsh: add this to ~/.zshrc, after compinit"],
    ["latchkey completion fish > ~/.config/fish/completions/latchkey.fish", "fish: once"],
  ],
  args: { shell: { kind: "one", about: "which shell", choices: SHELLS } },
  run: async (_, { args }) => ({ script: scriptFor(args.shell) }),
  show: { text: ({ script }) => script },
});
