import type { ComparisonFacts } from '../../core/comparison-facts.js';
import type { TableId } from '../../core/pairing.js';
import type { TableRecord } from '../table-record.js';

export const JOURNAL_FORMAT = 'rowproof/journal@1';

/** What was asked of a run, as whoever began it keeps it: data, without passwords. */
export type SavedAsk = Readonly<Record<string, unknown>>;

/** The first record of a sitting: all that another process must know to go on. */
export interface SittingHead {
  readonly kind: 'head';
  readonly format: typeof JOURNAL_FORMAT;
  readonly run: string;
  /** From 1; of all sittings of a run the one with the highest number counts. */
  readonly sitting: number;
  /** Of the sitting before, how much was taken over: of what it writes later nothing counts. */
  readonly takesOver: { readonly sitting: number; readonly bytes: number } | null;
  /** When the first sitting began, and this one, as ISO times. */
  readonly startedAt: string;
  readonly begunAt: string;
  /** Which process writes it. */
  readonly host: string;
  readonly pid: number;
  /** Whether values of rows that differ are shown by this run; the journal itself holds keys only. */
  readonly asked: SavedAsk;
  readonly facts: ComparisonFacts;
}

/** What follows the head. */
export type SittingRecord =
  /** Something that was learned of a table, by this sitting or, where it was taken over, by an earlier one. */
  | {
      readonly kind: 'learned';
      readonly table: TableId;
      readonly sitting: number;
      readonly atMs: number;
      readonly record: TableRecord;
    }
  /** All that was taken over has been written; a sitting without it is as if it never was. */
  | { readonly kind: 'ready' }
  /** The run has a result; `open` says in how many tables rows were not compared. */
  | { readonly kind: 'result'; readonly verdict: string; readonly open: number };
