const HASH_SPACE = 2n ** 64n;
const FRACTION_BITS = 52n;

/** Whether a chunk is in the sample: the hash of its lower bound, of 64 bits, falls in the share from the bottom. */
export function isDrawn(hash: bigint, ratio: number): boolean {
  const fraction = BigInt(Math.round(ratio * Number(1n << FRACTION_BITS)));
  return hash < (HASH_SPACE * fraction) >> FRACTION_BITS;
}

/**
 * The share of chunks that may hold damage although none of `drawn` chunks, drawn at random, does: it is smaller than
 * this with 95% confidence. Null where so few were drawn that nothing can be said.
 *
 * (1 - p)^n = 0.05 gives p = 3/n, the rule of three.
 */
export function damageBound(drawn: number): number | null {
  return drawn > 3 ? 3 / drawn : null;
}
