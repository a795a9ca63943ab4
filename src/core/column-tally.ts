import type { CauseCode, DiagnosisExample } from './diagnosis.js';

/** Sets of explanations kept apart in a column. More come up only where most are noise. */
const MOST_SETS = 256;
const MOST_EXAMPLES = 3;
/** Rows are mostly of few sets, which come by turns. */
const MOST_RECENT = 16;
/** Distinct values of an explanation that are told apart: enough for a proof. */
const MOST_VALUES = 8;

/** One way in which one value may have become the other. */
export interface Explanation {
  readonly cause: CauseCode;
  /** What a whole group must share, such as the length at which values were cut; rows with another are another group. */
  readonly detail: string;
  /** How unlikely it is that this row fits by chance: n bits mean one row in 2^n. Guessed low rather than high. */
  readonly bits: number;
  /** Bits taken off the sum of a group, because the detail was read off the rows instead of being known beforehand. */
  readonly cost?: number;
  /** False for what describes the rows without showing how they came about: it is never proved. */
  readonly provable?: boolean;
  /** Whether there are so many possible details that most are noise. */
  readonly open?: boolean;
  /** A digest of the value that it fits, where only values that are not alike are evidence. */
  readonly value?: number;
}

/** An explanation with the evidence of all rows of its set. */
export interface CountedExplanation {
  readonly cause: CauseCode;
  readonly detail: string;
  readonly cost: number;
  readonly provable: boolean;
  readonly open: boolean;
  bits: number;
  /** Digests of values that it fits, the smallest ones, ascending; null where every row is evidence. */
  values: readonly number[] | null;
}

/** An example, and the place by which it is chosen, which is the same whatever order rows come in. */
export interface PlacedExample {
  readonly at: number;
  readonly example: DiagnosisExample;
}

/** Rows of a column that the same explanations fit, so that no row is counted for two causes. */
export interface ExplainedSet {
  readonly explanations: readonly CountedExplanation[];
  rows: number;
  examples: readonly PlacedExample[];
}

/** What is known of the changed rows of one column. */
export interface ColumnFacts {
  readonly rows: number;
  /** Those of them that were not looked into, because nothing fitted very many others. */
  readonly passedOver: number;
  readonly sets: readonly ExplainedSet[];
}

/** A set, what was found of its rows, and how often just that was added again, which is not counted yet. */
interface RecentSet {
  readonly found: readonly Explanation[];
  readonly set: ExplainedSet;
  repeated: number;
}

/** A row that is counted. */
export interface CountedRow {
  readonly at: number;
  /** Null where its values are too long to be shown. */
  makeExample(): DiagnosisExample | null;
}

/**
 * Counts the changed rows of one column by the set of explanations that fit them, in memory that does not grow with
 * the rows: where too many sets come up, rare ones lose the explanations whose details differ from row to row. A cause
 * can so be counted in fewer rows than it fits, and is then not proved; never in more.
 */
export class ColumnTally implements ColumnFacts {
  rows = 0;
  passedOver = 0;
  readonly #sets = new Map<string, ExplainedSet>();
  /** The sets of what was found of the last rows, which mostly is found of the next ones too. */
  readonly #recent = new Map<readonly Explanation[], RecentSet>();
  #last: RecentSet | null = null;

  add(explanations: readonly Explanation[], row: CountedRow): void {
    this.rows++;
    const recent = this.#last?.found === explanations ? this.#last : this.#recent.get(explanations);
    if (recent !== undefined && recent !== null) {
      this.#last = recent;
      recent.repeated++;
      addExample(recent.set, row);
      return;
    }
    const last = this.#last?.set ?? null;
    if (this.#recent.size === MOST_RECENT) this.#settle();
    const set = last !== null && isOf(last, explanations) ? last : this.#setOf(explanations);
    if (set === null) return;
    this.#last = { found: explanations, set, repeated: 0 };
    this.#recent.set(explanations, this.#last);
    set.rows++;
    const kept = keptOf(set, explanations);
    for (let i = 0; i < kept.length; i++)
      addEvidence(set.explanations[i] as CountedExplanation, kept[i] as Explanation);
    addExample(set, row);
  }

  /** Counts what was added again and again. */
  #settle(): void {
    for (const { found, set, repeated } of this.#recent.values()) {
      set.rows += repeated;
      const kept = keptOf(set, found);
      for (let i = 0; i < kept.length; i++) {
        const counted = set.explanations[i] as CountedExplanation;
        counted.bits += (kept[i] as Explanation).bits * repeated;
      }
    }
    this.#recent.clear();
    this.#last = null;
  }

  /** Counts a row that was not looked into. */
  passOver(): void {
    this.rows++;
    this.passedOver++;
  }

  /** Adds what was found of other rows of the column. */
  merge({ rows, passedOver, sets }: ColumnFacts): void {
    this.#settle();
    this.rows += rows;
    this.passedOver += passedOver;
    for (const set of sets) {
      const known = this.#setOf(set.explanations);
      if (known === null) continue;
      addSet(known, alignedTo(known, set));
    }
  }

  get sets(): readonly ExplainedSet[] {
    this.#settle();
    return [...this.#sets.values()];
  }

  /** What can be handed to another thread, or kept. */
  toFacts(): ColumnFacts {
    const { rows, passedOver, sets } = this;
    return { rows, passedOver, sets };
  }

  /** The set with these explanations, or with those of them that are kept where there are too many sets; null for none. */
  #setOf(explanations: readonly (Explanation | CountedExplanation)[]): ExplainedSet | null {
    let kept = explanations;
    let name = nameOf(kept);
    if (!this.#sets.has(name) && this.#sets.size >= MOST_SETS) {
      this.#foldRareSets();
      if (this.#sets.size >= MOST_SETS) {
        kept = explanations.filter(isClosed);
        name = nameOf(kept);
      }
    }
    if (kept.length === 0) return null;
    const known = this.#sets.get(name) ?? { explanations: kept.map(countedOf), rows: 0, examples: [] };
    this.#sets.set(name, known);
    return known;
  }

  #foldRareSets(): void {
    this.#settle();
    const rare = [...this.#sets].filter(
      ([, set]) => set.rows === 1 && set.explanations.some(({ open }) => open),
    );
    for (const [name, set] of rare) {
      this.#sets.delete(name);
      const explanations = set.explanations.filter(isClosed);
      if (explanations.length === 0) continue;
      const folded = nameOf(explanations);
      const known = this.#sets.get(folded);
      if (known === undefined) this.#sets.set(folded, { ...set, explanations });
      else addSet(known, { ...set, explanations });
    }
  }
}

/** The explanations that are kept of a set, where there are too many sets. */
function keptOf({ explanations }: ExplainedSet, found: readonly Explanation[]): readonly Explanation[] {
  return explanations.length === found.length ? found : found.filter(isClosed);
}

function isClosed({ open }: Pick<Explanation, 'open'>): boolean {
  return open !== true;
}

function isOf({ explanations }: ExplainedSet, others: readonly Explanation[]): boolean {
  if (explanations.length !== others.length) return false;
  for (let i = 0; i < others.length; i++) {
    const [one, other] = [explanations[i] as CountedExplanation, others[i] as Explanation];
    if (one.cause !== other.cause || one.detail !== other.detail) return false;
  }
  return true;
}

function addEvidence(counted: CountedExplanation, { bits, value }: Explanation): void {
  counted.bits += bits;
  if (value === undefined) return;
  const known = counted.values ?? [];
  const last = known.length === MOST_VALUES ? (known.at(-1) ?? 0) : Number.POSITIVE_INFINITY;
  if (value < last && !known.includes(value)) counted.values = withValues(known, [value]);
}

function nameOf(explanations: readonly Pick<Explanation, 'cause' | 'detail'>[]): string {
  return explanations.map(({ cause, detail }) => `${cause}/${detail}`).join('\n');
}

/** A set without the explanations that another one has lost. */
function alignedTo({ explanations }: ExplainedSet, set: ExplainedSet): ExplainedSet {
  if (set.explanations.length === explanations.length) return set;
  return { ...set, explanations: set.explanations.filter(isClosed) };
}

function addSet(known: ExplainedSet, { rows, explanations, examples }: ExplainedSet): void {
  known.rows += rows;
  for (const [i, counted] of known.explanations.entries()) {
    const other = explanations[i];
    if (other === undefined) continue;
    counted.bits += other.bits;
    if (other.values !== null) counted.values = withValues(counted.values ?? [], other.values);
  }
  for (const { at, example } of examples) {
    addExample(known, { at, makeExample: () => example });
  }
}

/** Keeps the examples with the smallest places, whatever order they come in. */
function addExample(set: ExplainedSet, row: CountedRow): void {
  const last = set.examples[MOST_EXAMPLES - 1];
  if (last !== undefined && row.at >= last.at) return;
  const example = row.makeExample();
  if (example !== null) insertExample(set, row.at, example);
}

/** Apart, because what its closures hold is made whenever it is called. */
function insertExample(set: ExplainedSet, at: number, example: DiagnosisExample): void {
  const { examples } = set;
  const before = examples.filter((each) => each.at <= at);
  const behind = examples.filter((each) => each.at > at);
  set.examples = [...before, { at, example }, ...behind].slice(0, MOST_EXAMPLES);
}

/** The smallest of all digests, each once. */
export function withValues(known: readonly number[], added: readonly number[]): readonly number[] {
  return [...new Set([...known, ...added])].sort((one, other) => one - other).slice(0, MOST_VALUES);
}

function countedOf(explanation: Explanation | CountedExplanation): CountedExplanation {
  const { cause, detail, cost = 0, provable = true, open = false } = explanation;
  const isByValue = 'values' in explanation ? explanation.values !== null : explanation.value !== undefined;
  return { cause, detail, cost, provable, open, bits: 0, values: isByValue ? [] : null };
}
