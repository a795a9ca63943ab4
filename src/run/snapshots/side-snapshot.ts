import type { LockResult, SideSnapshotResult, SnapshotEnd } from '../../core/snapshot.js';
import type { Session } from '../../engines/session.js';
import type { SnapshotCost } from '../../engines/snapshots.js';
import type { TakenSide } from './take-snapshots.js';

/** A snapshot as it was taken: the session that others took it over from, and those of the workers. */
export interface HeldSide extends TakenSide {
  readonly holder: Session | null;
  readonly takenMs: number;
  readonly lock: LockResult | null;
}

/** What is known of the snapshot of a side. */
export class SideSnapshot {
  readonly held: HeldSide;
  #endedMs: number | null = null;
  #endedBy: SnapshotEnd | null = null;
  #mostWaiting = 0;
  #isSeen = true;
  #firstOld: number | null = null;
  #mostOld: number | null = null;
  #mostUnreplayed: number | null = null;
  #replayWaitsSinceMs: number | null = null;

  constructor(held: HeldSide) {
    this.held = held;
  }

  get isEnded(): boolean {
    return this.#endedMs !== null;
  }

  get isSeen(): boolean {
    return this.#isSeen;
  }

  /** By how many transactions the old rows that the server keeps have grown since it was first asked. */
  get grownOld(): number {
    return (this.#mostOld ?? 0) - (this.#firstOld ?? 0);
  }

  get unreplayedBytes(): number {
    return this.#mostUnreplayed ?? 0;
  }

  /** For how long a standby has stood still because of it. */
  replayWaitMs(nowMs: number): number {
    return this.#replayWaitsSinceMs === null ? 0 : nowMs - this.#replayWaitsSinceMs;
  }

  /** Ends it; a second time changes nothing. `by` is null where everything was read. */
  end(nowMs: number, by: SnapshotEnd | null): void {
    if (this.#endedMs !== null) return;
    this.#endedMs = nowMs;
    this.#endedBy = by;
  }

  /** Takes in what the server says of it; null where it could not be asked. */
  note(cost: SnapshotCost | null, nowMs: number): void {
    this.#isSeen = cost?.isSeen ?? false;
    if (cost === null) return;
    this.#replayWaitsSinceMs = cost.isReplayWaiting ? (this.#replayWaitsSinceMs ?? nowMs) : null;
    this.#mostWaiting = Math.max(this.#mostWaiting, cost.waiting);
    this.#firstOld ??= cost.oldTransactions;
    this.#mostOld = greater(this.#mostOld, cost.oldTransactions);
    this.#mostUnreplayed = greater(this.#mostUnreplayed, cost.unreplayedBytes);
  }

  describe(nowMs: number): SideSnapshotResult {
    const { handles, place, takenAt, takenMs, lock } = this.held;
    return {
      takenAt: takenAt.toISOString(),
      heldMs: Math.round((this.#endedMs ?? nowMs) - takenMs),
      sessions: handles.length,
      place,
      endedBy: this.#endedBy,
      mostWaiting: this.#mostWaiting,
      isSeen: this.#isSeen,
      mostOldTransactions: this.#mostOld,
      mostUnreplayedBytes: this.#mostUnreplayed,
      ...(lock !== null && { lock }),
    };
  }
}

function greater(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
