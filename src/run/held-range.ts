import type { UnfoundRows } from '../core/chunk.js';
import type { KeySpan } from '../core/coverage.js';
import type { PackedKeys } from '../core/packed-keys.js';
import type { ComparedRows, Hasher } from '../state/table-record.js';
import type { TableWork } from './table-work.js';

/** A range that was compared, of which rows differ; nothing is said of it before they were looked at again. */
export interface HeldRange {
  readonly work: TableWork;
  /** The part of the table that its rows are kept in afterwards. */
  readonly part: number;
  /** Null where the rows have no order: then it is a partition of a table that is read as a whole. */
  readonly range: KeySpan | null;
  readonly hasher: Hasher;
  readonly rows: ComparedRows;
  readonly unfound: UnfoundRows;
  /** The rows that differed, in the order of their keys. */
  readonly keys: PackedKeys;
  readonly count: number;
  readonly chunks: number;
}
