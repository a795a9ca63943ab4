/**
 * What is said of a table or a run. `sampled` and `counted` are what the weaker modes say instead of `verified`; `waived` is
 * said where rows differ and all that do were accepted.
 */
export type Verdict = 'verified' | 'different' | 'unverified' | 'sampled' | 'counted' | 'waived';

export const EXIT_CODES = {
  clean: 0,
  different: 1,
  usage: 2,
  unverified: 3,
  failed: 4,
  interrupted: 130,
} as const;

/** What a table amounted to, before words are found for it. */
export interface VerdictFacts {
  /** Rows that differ, and those of them that are waived. */
  readonly differences: number;
  readonly waived: number;
  readonly unverified: boolean;
  readonly mode: Mode;
}

/** How much is checked: every value of every row, all of a share of the rows, or the number of rows. */
export type Mode = 'full' | 'spot' | 'count';

/** A mode and the share of rows that spot mode reads, above 0 and below 1; 1 in other modes. */
export interface ModeChoice {
  readonly mode: Mode;
  readonly ratio: number;
}

/** What is said where nothing differs and nothing was left out: only a full check verifies. */
const CLEAN_VERDICTS = { full: 'verified', spot: 'sampled', count: 'counted' } as const;

/** A difference that nobody accepted outweighs everything; anything unchecked outweighs equality, and what was accepted. */
export function verdictOf({ differences, waived, unverified, mode }: VerdictFacts): Verdict {
  if (differences > waived) return 'different';
  if (unverified) return 'unverified';
  return waived > 0 ? 'waived' : CLEAN_VERDICTS[mode];
}

/**
 * From what proves most to what outweighs everything. Equal numbers of rows say nothing of a single value; rows that are
 * known to differ are never hidden behind what was only sampled or counted.
 */
const BY_WEIGHT: readonly Verdict[] = ['verified', 'sampled', 'counted', 'waived', 'unverified', 'different'];

/**
 * The verdict of a run from those of its tables and its own findings: the one that weighs most, so that a run never
 * claims more than was proved of its weakest table.
 */
export function combineVerdicts(verdicts: Iterable<Verdict>): Verdict {
  const weights = [...verdicts].map((verdict) => BY_WEIGHT.indexOf(verdict));
  return BY_WEIGHT[Math.max(0, ...weights)] ?? 'unverified';
}

/** The exit code by which scripts learn the verdict. */
export function exitCodeOf(verdict: Verdict): number {
  if (verdict === 'different') return EXIT_CODES.different;
  return verdict === 'unverified' ? EXIT_CODES.unverified : EXIT_CODES.clean;
}
