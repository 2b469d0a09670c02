/** Greets whoever calls. `event` holds the parameters of project.yml and of the call, `context` what is known about it. */
exports.main = async (event, context) => {
  const name = event.name || "stranger";
  console.log(`${context.functionName} greets ${name}`);
  return { body: `${event.greeting}, ${name}!` };
};
