import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Column, Table } from '../core/schema.js';

/** What is read at a time. */
export interface RowSelection {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
  readonly where: string | null;
  readonly range: KeyRange;
  readonly limit: number | null;
  /** Rows to pass over before the first that is returned. */
  readonly offset: number;
  readonly descending: boolean;
  /** True where the rows themselves must be looked at, because no index is trusted. */
  readonly withoutIndex?: boolean;
  /** Only the rows whose key is one of these, in key order; the range is then open. */
  readonly keys?: readonly (readonly KeyPart[])[];
  /** Only about this share of the rows, whatever their values are. */
  readonly share?: number;
}

/** Keys greater than `after` and up to `upTo`; null is unbounded. */
export interface KeyRange {
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
}

/** The rows of a table that are counted: all, or those that meet a condition of the user's. */
export interface CountRequest {
  readonly table: Table;
  readonly where: string | null;
}
