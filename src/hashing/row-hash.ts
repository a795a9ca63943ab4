import xxhash, { type XXHashAPI } from 'xxhash-wasm';

/** Longer rows are hashed in pieces, because the WebAssembly memory that a piece is copied to never shrinks. */
const PIECE_BYTES = 1 << 20;

/** Up to this length a view of each length is kept: making one costs about as much as hashing a short row. */
const CACHED_VIEW_BYTES = 4096;

/** Hashes the canonical bytes of a row to 64 bits. */
export type RowHash = (bytes: Buffer, length: number) => bigint;

/** xxHash64 with the run's seed, so that a collision in one run is none in the next. */
export async function createRowHash(seed: bigint): Promise<RowHash> {
  const api = await xxhash();
  let owner: Buffer | null = null;
  let views: (Uint8Array | undefined)[] = [];
  return (bytes, length) => {
    if (length > PIECE_BYTES) return hashInPieces(api, seed, bytes.subarray(0, length));
    if (length > CACHED_VIEW_BYTES) return api.h64Raw(bytes.subarray(0, length), seed);
    if (bytes !== owner) {
      owner = bytes;
      views = [];
    }
    let view = views[length];
    if (view === undefined) {
      view = new Uint8Array(bytes.buffer, bytes.byteOffset, length);
      views[length] = view;
    }
    return api.h64Raw(view, seed);
  };
}

function hashInPieces(api: XXHashAPI, seed: bigint, bytes: Buffer): bigint {
  const hash = api.create64(seed);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) hash.update(bytes.subarray(at, at + PIECE_BYTES));
  return hash.digest();
}
