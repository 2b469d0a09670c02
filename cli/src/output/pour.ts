import type { Sink } from "../world.ts";
import { plainText } from "./plain-text.ts";

/** Writes a text piece by piece, as fast as it is taken; to a terminal, without what a terminal obeys. */
export async function pour(pieces: AsyncIterable<string>, sink: Sink): Promise<void> {
  let isOpen = true;
  for await (const piece of pieces) {
    const isFull = sink.write(sink.isTTY === true ? plainText(piece) : piece) === false;
    if (isFull && sink.once !== undefined) isOpen = await takesMore(sink.once.bind(sink));
    // Whoever has seen enough, such as `head`, closes its end.
    if (!isOpen) return;
  }
}

const takesMore = (once: NonNullable<Sink["once"]>): Promise<boolean> =>
  new Promise((resolve) => {
    once("drain", () => resolve(true));
    once("close", () => resolve(false));
  });
