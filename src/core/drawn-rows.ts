/** Up to so many differing rows of a table are all looked at one by one once they were read; of more only some, which are drawn. */
const MOST_ROWS = 20_000;

/**
 * Of how many differing rows one is drawn, as a power of two: 0 for all of them. It only grows while rows are found, so that
 * what is drawn at the end is among what was drawn before.
 */
export function drawLevel(differences: number): number {
  return differences <= MOST_ROWS ? 0 : Math.ceil(Math.log2(differences / MOST_ROWS));
}

/** The highest level at which a row with this hash is drawn. The choice is the same in every run, and whatever order rows come in. */
export function levelOf(hash: bigint): number {
  return Math.clz32(Number(hash & 0xffff_ffffn));
}
