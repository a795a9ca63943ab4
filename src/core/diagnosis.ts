import type { Value } from './difference.js';

/**
 * Every cause a difference can be put down to, with the words by which reports name it. Where two causes account for
 * the same rows, the one that stands first here is named: what is special comes before what is general.
 */
export const CAUSE_TITLES = {
  'columns-swapped': 'two columns swapped',
  'double-encoded': 'UTF-8 encoded twice',
  'cp1252-as-latin1': 'cp1252 taken for latin1',
  'cut-at-four-byte-character': 'cut at the first 4-byte character',
  'characters-replaced': 'characters replaced',
  'zero-padded': 'filled up with zero bytes',
  'nul-lost': 'NUL lost',
  'line-ends': 'line ends',
  'unicode-normalization': 'Unicode normalization',
  'spelled-bytes': 'bytes spelled as text',
  'null-against-empty': 'NULL against empty',
  'edge-spaces': 'spaces at the ends',
  'letter-case': 'letter case',
  truncated: 'cut off',
  'uuid-groups-swapped': 'UUID groups swapped',
  'number-clamped': 'clamped',
  'integer-wrapped': 'wrapped around',
  'truth-value': 'only 0 or 1 left of an integer',
  'double-rounding': 'rounded to a double',
  'float-digits': 'float rounded',
  'decimal-scale': 'fraction digits lost',
  'number-moved': 'moved by a constant',
  'zero-date': 'date on no calendar',
  'midnight-carry': 'midnight',
  'time-shift': 'constant time shift',
  'zone-shift': 'winter and summer shift',
  'time-precision': 'part of a time lost',
  'day-month-swapped': 'day and month swapped',
  'auto-updated': 'only an auto-updated time differs',
  'value-lost': 'value lost',
  'key-changed': 'key changed',
  'rows-duplicated': 'rows loaded twice',
  'sibling-survived': 'lost to a row with an equal unique key',
  'target-empty': 'the target table is empty',
  'missing-tail': 'the last rows are missing',
  'missing-at-intervals': 'rows missing at regular intervals',
  'missing-runs': 'whole runs of rows missing',
  'round-row-count': 'a round number of rows arrived',
} as const satisfies Record<string, string>;

export type CauseCode = keyof typeof CAUSE_TITLES;

/**
 * `proved`: undoing the cause turns one side's value into the other's, exactly, in every row of the group, and that many
 * fits cannot be chance. `likely`: it does so in most rows, or in all of too few.
 */
export type Confidence = 'proved' | 'likely';

/** A differing row that shows a cause; never kept where values are hidden. */
export interface DiagnosisExample {
  readonly key: Readonly<Record<string, Value>> | null;
  readonly column: string;
  readonly source: Value;
  readonly target: Value;
}

export interface DiagnosisEvidence {
  /** What holds for each of the rows, such as "at 20 characters"; empty where the cause says it all. Never row data. */
  readonly detail: string;
  /** How many rows were looked at for this: the changed rows of the column, or the missing or extra rows. */
  readonly of: number;
  readonly examples: readonly DiagnosisExample[];
}

/** Why a group of rows of one table differs. */
export interface Diagnosis {
  readonly cause: CauseCode;
  readonly confidence: Confidence;
  /** The target's names of the columns; empty for a cause of whole rows. */
  readonly columns: readonly string[];
  /** How many rows the cause accounts for. Diagnoses of one column share no row; those of whole rows may. */
  readonly rows: number;
  readonly evidence: DiagnosisEvidence;
  /** The relaxation under which all changed rows of the column would be equal, as the user writes it; absent where none is. */
  readonly relaxation?: string;
}
