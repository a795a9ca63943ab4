import { ByteSink } from './encoding/byte-sink.js';

/** Keys of rows one behind the other, each with its length and how large its row was on the wire. */
export type PackedKeys = Uint8Array;

const MORE = 0x80;
const LOW = 0x7f;

/** A row by the key bytes that each side is asked for it by, and how large it was on the wire. */
export interface PackedKey {
  readonly source: Buffer;
  /** The same buffer, unless the collation of a side takes two spellings of a key for one. */
  readonly target: Buffer;
  readonly wireBytes: number;
}

/** Packs the keys of rows, in the order in which they are given. */
export class KeyPacker {
  readonly #sink = new ByteSink();
  count = 0;

  add({ source, target, wireBytes }: { source: Uint8Array; target: Uint8Array; wireBytes: number }): void {
    const isShared = source === target || Buffer.compare(source, target) === 0;
    this.#sink.writeLength(2 * source.length + Number(!isShared));
    this.#sink.copy(source, 0, source.length);
    if (!isShared) {
      this.#sink.writeLength(target.length);
      this.#sink.copy(target, 0, target.length);
    }
    this.#sink.writeLength(wireBytes);
    this.count++;
  }

  /** Packs a key that both sides are asked for a row by, from the memory it lies in. */
  addShared(bytes: Buffer, start: number, end: number, wireBytes: number): void {
    this.#sink.writeLength(2 * (end - start));
    this.#sink.copy(bytes, start, end);
    this.#sink.writeLength(wireBytes);
    this.count++;
  }

  /** A copy in memory of its own, which can be handed to another thread. */
  take(): PackedKeys {
    return this.#sink.bytes.slice(0, this.#sink.length);
  }
}

/** Unpacks what `KeyPacker` packed; the keys are views of it. */
export function* unpackKeys(packed: PackedKeys): Generator<PackedKey> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  const readLength = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= MORE) {
      const byte = bytes[at++] ?? 0;
      value += (byte & LOW) * scale;
      if (byte < MORE) return value;
    }
  };
  const readKey = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const length = readLength();
    const source = readKey(Math.floor(length / 2));
    const target = length % 2 === 0 ? source : readKey(readLength());
    yield { source, target, wireBytes: readLength() };
  }
}

/** Those of the keys whose numbers are listed, ascending. */
export function pickKeys(packed: PackedKeys, rows: Uint32Array): PackedKeys {
  const picked = new KeyPacker();
  let next = 0;
  let row = 0;
  for (const key of unpackKeys(packed)) {
    if (row++ !== rows[next]) continue;
    picked.add(key);
    next++;
  }
  return picked.take();
}

/** How many rows were packed. */
export function countKeys(packed: PackedKeys): number {
  let count = 0;
  for (const _ of unpackKeys(packed)) count++;
  return count;
}
