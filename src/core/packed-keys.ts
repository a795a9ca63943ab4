import { ByteSink } from './encoding/byte-sink.js';

/** Key bytes of rows one behind the other, each with its length and how large its row was on the wire. */
export type PackedKeys = Uint8Array;

const MORE = 0x80;
const LOW = 0x7f;

/** Packs the keys of rows, in the order in which they are given. */
export class KeyPacker {
  readonly #sink = new ByteSink();
  count = 0;

  add(key: Uint8Array, wireBytes: number): void {
    this.#sink.writeLength(key.length);
    this.#sink.copy(key, 0, key.length);
    this.#sink.writeLength(wireBytes);
    this.count++;
  }

  /** A copy in memory of its own, which can be handed to another thread. */
  take(): PackedKeys {
    return this.#sink.bytes.slice(0, this.#sink.length);
  }
}

/** A row by its key bytes, and how large it was on the wire. */
export interface PackedKey {
  readonly key: Buffer;
  readonly wireBytes: number;
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
  while (at < bytes.length) {
    const length = readLength();
    const key = bytes.subarray(at, at + length);
    at += length;
    yield { key, wireBytes: readLength() };
  }
}
