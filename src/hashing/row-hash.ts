import xxhash, { type XXHashAPI } from 'xxhash-wasm';

/** Longer rows are hashed in pieces, because the WebAssembly memory that a piece is copied to never shrinks. */
const PIECE_BYTES = 1 << 20;

/** Hashes the canonical bytes of a row to 64 bits. */
export type RowHash = (bytes: Buffer, length: number) => bigint;

/** xxHash64 with the run's seed, so that a collision in one run is none in the next. */
export async function createRowHash(seed: bigint): Promise<RowHash> {
  const api = await xxhash();
  return (bytes, length) => {
    if (length <= PIECE_BYTES) return api.h64Raw(bytes.subarray(0, length), seed);
    return hashInPieces(api, seed, bytes.subarray(0, length));
  };
}

function hashInPieces(api: XXHashAPI, seed: bigint, bytes: Buffer): bigint {
  const hash = api.create64(seed);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) hash.update(bytes.subarray(at, at + PIECE_BYTES));
  return hash.digest();
}
