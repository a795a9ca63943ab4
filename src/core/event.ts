import type { DifferenceCounts } from './chunk.js';
import type { RowDifference } from './difference.js';
import type { SerializedError } from './errors.js';
import type { Side } from './pairing.js';
import type { SnapshotEnd } from './snapshot.js';
import type { Verdict } from './verdict.js';

/** What happens during a run, in order, as `noun:verb`. Progress bars and the library's callers live from these. */
export type RunEvent =
  /** Which of several servers a side is, and which were tried before it; told before anything else. */
  | {
      readonly type: 'side:chosen';
      readonly side: Side;
      readonly url: string;
      readonly passedOver: readonly { readonly url: string; readonly reason: string }[];
    }
  | {
      readonly type: 'run:start';
      readonly tables: number;
      readonly estimatedRows: number | null;
      /** Where the source stands before the first row is read; absent where it does not say. */
      readonly sourcePosition?: string;
    }
  | { readonly type: 'table:start'; readonly table: string; readonly estimatedRows: number | null }
  | {
      readonly type: 'chunk:verified' | 'chunk:differs';
      readonly table: string;
      readonly sourceRows: number;
      readonly targetRows: number;
      /** Null where rows were only counted, which does not tell which of them differ. */
      readonly counts: DifferenceCounts | null;
      /** Set where its rows were read before, and held back until it was known of some whether they differ. */
      readonly wasHeld?: true;
    }
  /** Rows were read, some of which differ and are looked at again. */
  | {
      readonly type: 'chunk:held';
      readonly table: string;
      readonly sourceRows: number;
      readonly targetRows: number;
      readonly candidates: number;
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
  | { readonly type: 'row:differs'; readonly table: string; readonly difference: RowDifference }
  /** Many rows of a table differ, as far as it was read; told once of a table. `columns` are those that changed most often. */
  | {
      readonly type: 'table:differs';
      readonly table: string;
      readonly rows: number;
      readonly differing: number;
      readonly columns: readonly string[];
    }
  /** The target is waited for; `halt` is why it does not apply what the source has, where that is known. */
  | { readonly type: 'target:late'; readonly waitedMs: number; readonly halt: string | null }
  /** Rows that differed were looked at once more, of all tables together. */
  | {
      readonly type: 'rows:looked';
      readonly looks: number;
      /** Rows of which it is not known yet whether they differ. */
      readonly open: number;
      readonly confirmed: number;
      readonly inFlight: number;
      /** For how long they are looked at yet at the most; null where it is the target's position that decides. */
      readonly leftMs: number | null;
    }
  /** So many rows of a table are confirmed to differ that the rest of it is not read. */
  | {
      readonly type: 'table:left';
      readonly table: string;
      readonly differences: number;
      readonly mostDifferences: number;
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
  /** A server was asked something and has sent no byte for so long. */
  | { readonly type: 'server:silent'; readonly side: Side; readonly silentMs: number }
  /** A server cannot be reached, or lets nobody in: the run stands still, and waits so long for it. */
  | {
      readonly type: 'server:down';
      readonly side: Side;
      readonly reason: string;
      readonly waitMs: number;
    }
  /** A side is not read as of one instant any more, before all was read. */
  | { readonly type: 'snapshot:ended'; readonly side: Side; readonly why: SnapshotEnd }
  /** It lets the run in again. */
  | { readonly type: 'server:up'; readonly side: Side; readonly downMs: number }
  /** It was waited for in vain: what is left of the run is unverified. */
  | { readonly type: 'server:gone'; readonly side: Side; readonly downMs: number }
  | { readonly type: 'run:end'; readonly verdict: Verdict };

/** Is told every event; where it returns a promise, the run waits for it. */
export type RunListener = (event: RunEvent) => unknown;

/** Tells an event, and resolves when the listener is done with it. */
export type EmitEvent = (event: RunEvent) => Promise<void>;

/**
 * Gives a listener one event at a time, although parts of a run work side by side. Each part waits for its own event,
 * so that a slow listener slows the run instead of letting events pile up.
 *
 * After a listener has failed every event fails in the same way: the run ends with the listener's error.
 */
export function emitInTurn(listener: RunListener): EmitEvent {
  let turn: Promise<void> = Promise.resolve();
  return (event) => {
    turn = turn.then(async () => {
      await listener(event);
    });
    return turn;
  };
}
