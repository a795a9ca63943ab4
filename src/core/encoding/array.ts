import type { ByteSink } from './byte-sink.js';
import { encodeSpan, TAG } from './canonical.js';

/** Encodes the head of an array: each dimension with its size and its lower bound; an empty array has none. */
export function encodeArrayHead(sink: ByteSink, sizes: readonly number[], lowers: readonly number[]): void {
  sink.writeByte(TAG.array);
  sink.writeLength(sizes.length);
  for (const [i, size] of sizes.entries()) {
    sink.writeLength(size);
    sink.writeUint32(lowers[i] ?? 0);
  }
}

/** Encodes UTF-8 texts as the array that holds them one after the other. */
export function encodeTexts(sink: ByteSink, texts: readonly Buffer[]): void {
  encodeArrayHead(sink, texts.length === 0 ? [] : [texts.length], [1]);
  for (const text of texts) encodeSpan(sink, TAG.text, text, 0, text.length);
}
