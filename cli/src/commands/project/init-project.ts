import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { parseSampleLanguage, SAMPLE_LANGUAGES } from "../../project/init/samples.ts";
import { loadProject } from "./load-project.ts";

export const initProjectCommand = defineCommand({
  summary: "Start a project: a folder with a project.yml and a sample function",
  examples: ["latchkey init-project my-project", "latchkey init-project my-project --language typescript"],
  args: { directory: { kind: "one", about: "folder to write to; nothing in it is overwritten", completes: "folders" } },
  options: {
    language: {
      kind: "text",
      short: "l",
      value: "language",
      about: `${SAMPLE_LANGUAGES.join(" or ")}; ${SAMPLE_LANGUAGES[0]} unless given`,
      completes: SAMPLE_LANGUAGES,
    },
  },
  async run(context, { args: { directory }, options }) {
    const language = parseSampleLanguage(options.language ?? SAMPLE_LANGUAGES[0]);
    if (language === undefined) {
      throw new UsageError(`there is no sample in '${options.language}'`, `Samples: ${SAMPLE_LANGUAGES.join(", ")}`);
    }
    const { initProject } = await loadProject();
    const files = await initProject(directory, { language });
    context.say(`A local functions project directory '${directory}' was created for you.`);
    context.say(`You may deploy it by running: latchkey deploy ${directory}`);
    return { directory, files };
  },
  show: { text: ({ files }) => files.join("\n") },
});
