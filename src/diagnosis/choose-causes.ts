import { type ExplainedSet, type PlacedExample, withValues } from '../core/column-tally.js';
import { CAUSE_TITLES, type CauseCode, type Confidence, type DiagnosisExample } from '../core/diagnosis.js';
import { LIKELY_BITS, PROOF_BITS } from './explanation.js';

const RANKS = new Map(Object.keys(CAUSE_TITLES).map((cause, rank) => [cause, rank]));

/** A cause and the rows of a column that it accounts for; no row is in two of them. */
export interface ChosenCause {
  readonly cause: CauseCode;
  readonly detail: string;
  readonly confidence: Confidence;
  readonly rows: number;
  readonly examples: readonly DiagnosisExample[];
}

interface Candidate extends Omit<ChosenCause, 'confidence' | 'examples'> {
  readonly bits: number;
  /** Digests of the values that are its evidence; null where every row is. */
  readonly values: readonly number[] | null;
  readonly provable: boolean;
  readonly examples: readonly PlacedExample[];
}

/** What each further value is worth, where only values that are not alike are evidence. */
const BITS_A_VALUE = 3;
const MOST_EXAMPLES = 3;

/**
 * Chooses the causes of a column's changed rows: again and again the one that explains most of the rows left, of equals
 * the one with evidence enough for a proof, then the more special one.
 *
 * A cause is proved where no row of the column is left unexplained and its own evidence is beyond chance. It is likely
 * where it explains more rows than are left unexplained, or where each row alone is beyond chance. Else it is dropped.
 */
export function chooseCauses(sets: readonly ExplainedSet[], rows: number): ChosenCause[] {
  const chosen: Candidate[] = [];
  let left = sets;
  for (;;) {
    const [best] = listCandidates(left)
      .filter(({ bits }) => bits >= LIKELY_BITS)
      .sort(compareCandidates);
    if (best === undefined) break;
    chosen.push(best);
    left = left.filter((set) => !isExplainedBy(set, best));
  }
  return dropMinorities(chosen, rows);
}

function listCandidates(sets: readonly ExplainedSet[]): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const set of sets) {
    for (const { cause, detail, bits, cost, provable, ...own } of set.explanations) {
      const name = `${cause}/${detail}`;
      const known = candidates.get(name);
      candidates.set(name, {
        cause,
        detail,
        rows: (known?.rows ?? 0) + set.rows,
        bits: (known?.bits ?? -cost) + bits,
        values: own.values === null ? null : withValues(known?.values ?? [], own.values),
        provable: provable && (known?.provable ?? true),
        examples: [...(known?.examples ?? []), ...set.examples],
      });
    }
  }
  return [...candidates.values()].map((each) => ({
    ...each,
    bits: each.bits + (each.values?.length ?? 0) * BITS_A_VALUE,
    examples: each.examples.toSorted((one, other) => one.at - other.at).slice(0, MOST_EXAMPLES),
  }));
}

function compareCandidates(one: Candidate, other: Candidate): number {
  return (
    other.rows - one.rows ||
    Number(isBeyondChance(other)) - Number(isBeyondChance(one)) ||
    (RANKS.get(one.cause) ?? 0) - (RANKS.get(other.cause) ?? 0)
  );
}

function isBeyondChance({ bits, provable }: Candidate): boolean {
  return provable && bits >= PROOF_BITS;
}

function isExplainedBy(set: ExplainedSet, { cause, detail }: Candidate): boolean {
  return set.explanations.some((each) => each.cause === cause && each.detail === detail);
}

/** Takes the smallest cause away as long as it explains no more rows than nothing does. */
function dropMinorities(chosen: readonly Candidate[], rows: number): ChosenCause[] {
  const kept = [...chosen].sort((one, other) => other.rows - one.rows);
  for (;;) {
    const unexplained = rows - kept.reduce((sum, each) => sum + each.rows, 0);
    const weak = kept.findLastIndex((each) => each.rows <= unexplained && each.bits / each.rows < PROOF_BITS);
    if (weak < 0) {
      return kept.map(({ bits, provable, cause, detail, examples, rows: own }) => ({
        ...{ cause, detail, rows: own, examples: examples.map(({ example }) => example) },
        confidence: unexplained === 0 && provable && bits >= PROOF_BITS ? 'proved' : 'likely',
      }));
    }
    kept.splice(weak, 1);
  }
}
