import type { Side, TableId } from './pairing.js';
import type { Table } from './schema.js';
import type { Mode } from './verdict.js';

/** The version of the canonical encoding: what is equal under one may be different under another. */
export const ENCODING_VERSION = 1;

/** Which server a side is, and what of it. */
export interface SideFacts {
  readonly engine: string;
  readonly version: string;
  readonly url: string;
  readonly schema: string;
  /** Tells servers apart whose data have nothing to do with each other. */
  readonly server: string;
  /** Where it runs; a clone elsewhere says that it is the same server. */
  readonly place: string;
}

/** A table as it was when it was planned. */
export interface TableFacts extends Readonly<Record<Side, Table | null>> {
  readonly id: TableId;
  readonly name: string;
  readonly strategy: 'range' | 'bucket' | null;
  readonly mode: Mode;
  readonly ratio: number;
  /** The columns by which it is walked, by the names of either side. */
  readonly key: readonly { readonly source: string; readonly target: string; readonly kind: string }[];
}

/** All that has to be the same where what was compared at one time, or in one place, is to stand beside what was compared at another. */
export interface ComparisonFacts {
  readonly rowproof: string;
  readonly encoding: number;
  /** The time-zone data that civil times were placed with; null where no zone was given. */
  readonly zones: string | null;
  /** The digest of what was asked. */
  readonly askedHash: string;
  readonly seed: string;
  readonly sides: Readonly<Record<Side, SideFacts>>;
  readonly tables: readonly TableFacts[];
}
