import {
  type ActivationShape,
  type ActivationSummaryShape,
  listActivations,
} from "@latchkey/contract/openwhisk/activations";
import type { DataPlane } from "./api.ts";
import { CliError } from "./failure.ts";
import { annotation, OWN_NAMESPACE } from "./functions.ts";

type KeyClient = DataPlane["client"];

/** Which activations: those of one function or all, newest first. */
export type Selection = {
  readonly name?: string | undefined;
  readonly limit?: number | undefined;
  readonly skip?: number | undefined;
  readonly since?: number | undefined;
  readonly upto?: number | undefined;
};

const queryOf = ({ name, limit, skip, since, upto }: Selection) => ({
  name,
  limit: limit?.toString(),
  skip: skip?.toString(),
  since: since?.toString(),
  upto: upto?.toString(),
});

/** Lists records, whole ones or summaries. */
export async function fetchActivations(
  client: KeyClient,
  selection: Selection,
  { whole }: { whole: boolean },
): Promise<readonly (ActivationShape | ActivationSummaryShape)[]> {
  const query = { ...queryOf(selection), docs: whole ? "true" : undefined };
  const { body } = await client.call(listActivations, { params: OWN_NAMESPACE, query });
  return Array.isArray(body) ? body : [];
}

/** Lists whole records. */
export async function fetchWholeActivations(
  client: KeyClient,
  selection: Selection,
): Promise<readonly ActivationShape[]> {
  const records = await fetchActivations(client, selection, { whole: true });
  return records.flatMap((record) => ("logs" in record ? [record] : []));
}

/** How many there are. */
export async function countActivations(client: KeyClient, selection: Selection): Promise<number> {
  const query = { ...queryOf({ ...selection, limit: undefined }), count: "true" };
  const { body } = await client.call(listActivations, { params: OWN_NAMESPACE, query });
  return Array.isArray(body) ? body.length : body.activations;
}

/** The id that was given, or that of the newest activation of the selection. */
export async function pickActivation(
  client: KeyClient,
  given: string | undefined,
  selection: Selection,
): Promise<string> {
  if (given !== undefined) return given;
  const [newest] = await fetchActivations(client, { ...selection, limit: 1 }, { whole: false });
  if (newest !== undefined) return newest.activationId;
  throw new CliError("no activation is recorded", [
    "Invoke a function first: latchkey functions invoke <function>",
    "A record appears when the function has ended",
  ]);
}

/** `package/function`, from the annotation that has all of it. */
export function activatedFunction({ name, annotations }: Pick<ActivationSummaryShape, "name" | "annotations">): string {
  const path = annotation(annotations, "path");
  const [, inPackage, packaged] = typeof path === "string" ? path.split("/") : [];
  return packaged === undefined ? name : `${inPackage}/${packaged}`;
}

const PREFIX = /^\d{4}-\d\d-\d\dT\d\d:\d\d:.*?: /;
/** A log line without its time and stream. */
export const stripLogLine = (line: string): string => line.replace(PREFIX, "");
