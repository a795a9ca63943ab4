import type { KeySpan } from '../core/coverage.js';
import type { PackedKeys } from '../core/packed-keys.js';
import type { ComparedRows, Hasher, TableRecord } from './table-record.js';

/** When something was learned: in which sitting of a run, and at which time of day (milliseconds since 1970). */
export interface Learned {
  readonly sitting: number;
  readonly atMs: number;
}

/** What was learned, and when. */
export interface LearnedRecord extends Learned {
  readonly record: TableRecord;
}

/** A key range that was compared. */
export interface ReadSpan extends Learned {
  readonly range: KeySpan;
  readonly hasher: Hasher;
  readonly rows: ComparedRows;
  readonly chunks: number;
  readonly keys: PackedKeys | null;
}
