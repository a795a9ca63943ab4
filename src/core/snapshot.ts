/** What is known of when rows were read: each at one time, all of a side as of one instant, or some so and some not. */
export type Consistency = 'chunk' | 'snapshot' | 'mixed';

/** Why a side is not read as of one instant any more, although not all of it was read. */
export type SnapshotEnd =
  /** A session waited for one that held the snapshot. */
  | 'waiter'
  /** A standby could not replay changes because of it. */
  | 'replay'
  | 'age'
  /** The server kept too many old rows. */
  | 'cost'
  /** A standby had to come up to its source. */
  | 'fence'
  /** The session that held it for all others is gone. */
  | 'lost';

export const LOCK_SCOPES = ['tables', 'global'] as const;
/** What may be locked for a moment, so that all workers read as of the same instant. */
export type LockScope = (typeof LOCK_SCOPES)[number];

/** What came of a lock that was allowed and needed. */
export interface LockResult {
  readonly scope: LockScope;
  /** For how long writers were kept out; 0 where they were not. */
  readonly heldMs: number;
  /** How many sessions waited for it when it was given back. */
  readonly heldUp: number;
  /** Why it was not taken, or not for long enough; null where it served. */
  readonly refusal: string | null;
}

/** What reading a side as of one instant came to. */
export interface SideSnapshotResult {
  /** When it was taken, as an ISO time by our clock, and for how long it was held. */
  readonly takenAt: string;
  readonly heldMs: number;
  /** How many sessions read as of the same instant. */
  readonly sessions: number;
  /** Where the change stream stood at the instant; null where the server does not say it. */
  readonly place: string | null;
  /** Why it ended before everything was read; null where it did not. */
  readonly endedBy: SnapshotEnd | null;
  /** How many sessions were seen to wait for it, and whether the account sees those that do. */
  readonly mostWaiting: number;
  readonly isSeen: boolean;
  /** The most transactions that the server kept old rows of, and the most bytes that a standby had not replayed; null where not known. */
  readonly mostOldTransactions: number | null;
  readonly mostUnreplayedBytes: number | null;
  /** Absent where none was allowed or needed. */
  readonly lock?: LockResult;
}

/** What reading as of one instant a side came to. */
export interface SnapshotResult {
  readonly source: SideSnapshotResult;
  readonly target: SideSnapshotResult;
  /** Tables of which rows were read without, by the target's names. */
  readonly without: readonly string[];
  /** Absent where the target was not paused. */
  readonly pause?: PauseResult;
}

/** What came of pausing a target that is a replica. */
export interface PauseResult {
  /** For how long it applied nothing, or no more than the source had at its instant. */
  readonly pausedMs: number;
  /** The place in the source's stream of changes at which both sides were read; null where they were not. */
  readonly asOf: string | null;
  /** Why not. */
  readonly failure: string | null;
}
