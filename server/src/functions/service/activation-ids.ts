import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import { type ActivationId, makeActivationId } from "../model/activations.ts";

const IDS_PER_DRAW = 256;
const ID_RANDOM_BYTES = 10;

/** Ids for many activations are drawn at once, since a draw costs as much as everything else about an id. */
export function createActivationIds({ clock, random }: { clock: Clock; random: Random }): () => ActivationId {
  let pool = "";
  return () => {
    if (pool === "") pool = Buffer.from(random.bytes(ID_RANDOM_BYTES * IDS_PER_DRAW)).toString("hex");
    const drawn = pool.slice(0, ID_RANDOM_BYTES * 2);
    pool = pool.slice(ID_RANDOM_BYTES * 2);
    return makeActivationId(clock.now(), drawn);
  };
}
