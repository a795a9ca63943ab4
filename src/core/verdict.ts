/** What is said of a table or a run. `sampled` and `counted` are what the weaker modes say instead of `verified`. */
export type Verdict = 'verified' | 'different' | 'unverified' | 'sampled' | 'counted';

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
  readonly differences: number;
  readonly unverified: boolean;
  readonly mode: Mode;
}

/** How much is checked: every value of every row, all of a share of the rows, or the number of rows. */
export type Mode = 'full' | 'spot' | 'count';

/** What is said where nothing differs and nothing was left out: only a full check verifies. */
const CLEAN_VERDICTS = { full: 'verified', spot: 'sampled', count: 'counted' } as const;

/** A difference outweighs everything; anything unchecked outweighs equality. */
export function verdictOf({ differences, unverified, mode }: VerdictFacts): Verdict {
  if (differences > 0) return 'different';
  return unverified ? 'unverified' : CLEAN_VERDICTS[mode];
}

/** The verdict of a run from those of its tables and its own findings. */
export function combineVerdicts(verdicts: Iterable<Verdict>): Verdict {
  let combined: Verdict = 'verified';
  for (const verdict of verdicts) {
    if (verdict === 'different') return 'different';
    if (verdict === 'unverified') combined = 'unverified';
    else if (combined === 'verified') combined = verdict;
  }
  return combined;
}

/** The exit code by which scripts learn the verdict. */
export function exitCodeOf(verdict: Verdict): number {
  if (verdict === 'different') return EXIT_CODES.different;
  return verdict === 'unverified' ? EXIT_CODES.unverified : EXIT_CODES.clean;
}
