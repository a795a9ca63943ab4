import type { SerializedError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import type { SessionHandle } from '../engines/session.js';
import type { SnapshotStart } from '../engines/snapshots.js';

/** Asks a lane to do what it is told about its snapshots; it does no other task until it is told to go. */
export interface HoldTask {
  readonly kind: 'hold-snapshots';
}

export interface HoldResult {
  readonly kind: 'held';
}

/** What a lane is told to do. Only all lanes together come to one instant, so that none can do it by itself. */
export type SnapshotOrder =
  /** To read a side as of now, in a session of its own; told again, as of a later instant. */
  | { readonly kind: 'begin'; readonly side: Side; readonly start: SnapshotStart }
  /** To say where the side stood at that instant. */
  | { readonly kind: 'tell-place'; readonly side: Side }
  /** To end what it holds: others read. */
  | { readonly kind: 'let-go' }
  | { readonly kind: 'go' };

/** What came of it. */
export type SnapshotAnswer =
  /** It waits for the first order. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'begun'; readonly handle: SessionHandle }
  | { readonly kind: 'place'; readonly place: string | null }
  | { readonly kind: 'let-go' }
  | { readonly kind: 'failed'; readonly error: SerializedError };
