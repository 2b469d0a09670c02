import { defineCommand } from "../../command.ts";
import { dataOption, onlyGiven } from "./server-options.ts";

export const migrate = defineCommand({
  summary: "Bring the data of an older version up to date",
  about: "Only forward, and only while no server uses the folder. Copy it first: there is no way back.",
  examples: ["latchkey migrate", "latchkey migrate --data ./data"],
  options: dataOption,
  async run(context, { options }) {
    const operator = await context.loadOperator();
    return { data_folder: (await operator.migrate(onlyGiven(options))).dataFolder };
  },
  show: { text: ({ data_folder }) => `The data in ${data_folder} is up to date` },
});
