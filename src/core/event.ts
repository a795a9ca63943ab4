import type { DifferenceKind } from './difference.js';
import type { SerializedError } from './errors.js';
import type { Side } from './pairing.js';
import type { Verdict } from './verdict.js';

/** What happens during a run, in order, as `noun:verb`. Progress bars and the library's callers live from these. */
export type RunEvent =
  | { readonly type: 'run:start'; readonly tables: number; readonly estimatedRows: number | null }
  | { readonly type: 'table:start'; readonly table: string; readonly estimatedRows: number | null }
  | {
      readonly type: 'chunk:verified' | 'chunk:differs';
      readonly table: string;
      readonly sourceRows: number;
      readonly targetRows: number;
    }
  /** Further rows of a table that is read as a whole, a side at a time. */
  | {
      readonly type: 'rows:read';
      readonly table: string;
      readonly side: Side;
      readonly rows: number;
    }
  | { readonly type: 'chunk:unverified'; readonly table: string; readonly error: SerializedError }
  | {
      readonly type: 'chunk:retry';
      readonly table: string;
      readonly error: SerializedError;
      readonly attempt: number;
    }
  | {
      readonly type: 'row:differs';
      readonly table: string;
      readonly kind: DifferenceKind;
      readonly count: number;
    }
  | { readonly type: 'table:end'; readonly table: string; readonly verdict: Verdict }
  /** More statements than `maxLoad` are at work on a server, or nobody knows how many (`load` is null). */
  | {
      readonly type: 'run:paused';
      readonly side: Side;
      readonly load: number | null;
      readonly maxLoad: number;
    }
  | { readonly type: 'run:resumed'; readonly pausedMs: number }
  | { readonly type: 'run:end'; readonly verdict: Verdict };

export type RunListener = (event: RunEvent) => void;
