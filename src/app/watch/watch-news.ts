import type { PassSummary, WatchHolder } from '../../core/watch.js';
import type { KnownRow } from '../../state/watch/known-rows.js';
import type { TurnKind } from './pass-sitting.js';

export type { KnownRow } from '../../state/watch/known-rows.js';
export type { TurnKind } from './pass-sitting.js';

/** A pass or a look that came to its end. */
export interface EndedTurn {
  readonly kind: TurnKind;
  readonly summary: PassSummary;
  /** Rows that differed before and are equal now. */
  readonly healed: readonly KnownRow[];
  /** Whether more may have healed: not every row that differed before was remembered. */
  readonly mayBeMore: boolean;
}

/** What whoever started a watch is told. */
export type WatchNews =
  /** Another process watches the same; null where it has not said yet who it is. */
  | { readonly type: 'standby'; readonly holder: WatchHolder | null }
  /** This process watches from now on. `passes` is how many whole passes others have done. */
  | { readonly type: 'held'; readonly holder: WatchHolder; readonly passes: number }
  /** Another process took over; null where it is not known which. */
  | { readonly type: 'replaced'; readonly by: WatchHolder | null }
  /** A pass or look that was begun came to no end; the watch goes on. */
  | { readonly type: 'failed'; readonly kind: TurnKind; readonly pass: number; readonly message: string }
  | { readonly type: 'turn'; readonly turn: EndedTurn };

/** How a watch came to its end. */
export type WatchEnd =
  | { readonly kind: 'ready' }
  | { readonly kind: 'different' }
  /** It was not ready in time; says why. */
  | { readonly kind: 'late'; readonly why: string }
  | { readonly kind: 'interrupted' };
