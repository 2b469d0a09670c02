import type { ActivationShape, ActivationSummaryShape, ResponseShape } from "@latchkey/contract/openwhisk/activations";
import type { RunStatus } from "../../runtime/index.ts";
import { type Activation, type ActivationSummary, WEB } from "../model/activations.ts";
import { pathOf } from "../model/names.ts";
import { toLimits } from "./entity-shapes.ts";

/** OpenWhisk's words for how an activation ended, and their numbers (openwhisk-api 5.3). */
const STATUS: Readonly<Record<RunStatus, { readonly code: number; readonly words: string }>> = {
  success: { code: 0, words: "success" },
  application_error: { code: 1, words: "application error" },
  developer_error: { code: 2, words: "action developer error" },
  internal_error: { code: 3, words: "whisk internal error" },
};

type Annotations = ActivationSummaryShape["annotations"];

/** `user_id` is DigitalOcean's; the key is ours, so that every record says under which one it ran. On the web there is none. */
function whoseOf({ ownerId, accessKeyId, schedule }: ActivationSummary): Annotations {
  const annotations: Annotations = [{ key: "user_id", value: ownerId }];
  if (schedule !== null) annotations.push({ key: "trigger", value: schedule });
  else if (accessKeyId !== WEB) annotations.push({ key: "access_key_id", value: accessKeyId });
  return annotations;
}

/** openwhisk-api 6.3. */
function annotationsOf(activation: ActivationSummary): Annotations {
  const { form, namespaceId, providerId, bindingName, cause, initMs } = activation;
  if (form === "trigger") return whoseOf(activation);
  const annotations: Annotations = [
    { key: "path", value: `${providerId ?? namespaceId}/${pathOf(activation)}` },
    { key: "waitTime", value: activation.waitMs },
    { key: "kind", value: activation.kind },
  ];
  if (form === "action") annotations.push({ key: "timeout", value: activation.timedOut });
  else annotations.push({ key: "topmost", value: cause === null });
  if (form === "composition") annotations.push({ key: "conductor", value: true });
  if (cause !== null) annotations.push({ key: "causedBy", value: "sequence" });
  annotations.push({ key: "limits", value: toLimits(activation.limits) }, ...whoseOf(activation));
  // Its presence is how clients tell a cold start.
  if (initMs !== null) annotations.push({ key: "initTime", value: initMs });
  if (bindingName !== null) annotations.push({ key: "binding", value: `${namespaceId}/${bindingName}` });
  return annotations;
}

/** A trigger is fired; nothing of it ends. */
const endOf = ({ form, startedAt, endedAt, durationMs, status }: ActivationSummary) =>
  form === "trigger"
    ? {}
    : { end: endedAt, duration: durationMs ?? endedAt - startedAt, statusCode: STATUS[status].code };

export const toActivationSummary = (activation: ActivationSummary): ActivationSummaryShape => ({
  activationId: activation.id,
  namespace: activation.namespaceId,
  name: activation.name,
  version: activation.version,
  publish: false,
  start: activation.startedAt,
  ...endOf(activation),
  ...(activation.cause === null ? {} : { cause: activation.cause }),
  annotations: annotationsOf(activation),
});

export const toResponse = ({ status, result, resultBytes }: Activation): ResponseShape => ({
  status: STATUS[status].words,
  success: status === "success",
  result,
  size: resultBytes,
});

export const toActivation = (activation: Activation, logs: readonly string[]): ActivationShape => ({
  ...toActivationSummary(activation),
  subject: activation.ownerId,
  logs: [...logs],
  response: toResponse(activation),
});
