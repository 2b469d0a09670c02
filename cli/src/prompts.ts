import { CliError } from "./failure.ts";

/** Questions for whoever sits at the terminal. */
export type Prompts = {
  /** An answer that is shown while it is typed. */
  open(question: string): Promise<string>;
  /** An answer that is not shown while it is typed. */
  hidden(question: string): Promise<string>;
  /** Yes or no; no unless yes is chosen. */
  confirm(question: string): Promise<boolean>;
};

/** Asks on standard error, so that an answer to a question never mixes with data. */
export const terminalPrompts: Prompts = {
  async open(question) {
    const { isCancel, text } = await loadClack();
    const answer = await text({ message: question, output: process.stderr });
    if (isCancel(answer)) throw cancelled();
    return answer;
  },
  async hidden(question) {
    const { isCancel, password } = await loadClack();
    const answer = await password({ message: question, output: process.stderr });
    if (isCancel(answer)) throw cancelled();
    return answer;
  },
  async confirm(question) {
    const { confirm, isCancel } = await loadClack();
    const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
    if (isCancel(answer)) throw cancelled();
    return answer;
  },
};

/** Most commands ask nothing. */
const loadClack = () => import("@clack/prompts");

const cancelled = () =>
  new CliError("Cancelled", ["Nothing has been changed; run the command again when you are ready"]);
