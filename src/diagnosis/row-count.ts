import type { Diagnosis } from '../core/diagnosis.js';

/** What software stops at beside powers of two and of ten: old spreadsheets and rows under a header line. */
const KNOWN_LIMITS = new Set([65_535, 1_048_575]);
const LEAST_ROUND = 100;

/**
 * Says that just a round number of rows arrived, as if a limit had cut the rest off. A number proves nothing, except
 * together with the last rows being missing: then the first so many rows of the source are exactly the target.
 */
export function diagnoseRowCount(counts: {
  readonly targetRows: number;
  readonly missing: number;
  readonly extra: number;
  readonly isTailProved: boolean;
}): Diagnosis | null {
  const { targetRows, missing, extra, isTailProved } = counts;
  if (missing === 0 || extra > 0 || !isRound(targetRows)) return null;
  const detail = `exactly ${targetRows.toLocaleString('en-US')}`;
  return {
    cause: 'round-row-count',
    confidence: isTailProved ? 'proved' : 'likely',
    columns: [],
    rows: missing,
    evidence: { detail, of: missing, examples: [] },
  };
}

/** One digit and zeros, a power of two, or a known limit. */
export function isRound(count: number): boolean {
  if (count < LEAST_ROUND) return false;
  const isPowerOfTwo = count >= 1024 && Number.isInteger(Math.log2(count));
  return KNOWN_LIMITS.has(count) || isPowerOfTwo || /^[1-9]0+$/.test(String(count));
}
