/**
 * Loads what reads, builds and deploys projects. It brings YAML, zip and the like, a third of all there is to load, which other commands
 * and completion do without.
 */
export const loadProject = () => import("../../project/index.ts");
