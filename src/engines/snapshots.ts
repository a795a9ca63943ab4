import type { Table } from '../core/schema.js';

/** How a session is to begin to read as of one instant. */
export interface SnapshotStart {
  /** The name by which another session gave its snapshot to others; null for a snapshot of its own. */
  readonly from: string | null;
  /** How long the server may keep old rows for it where nothing is heard of us any more. */
  readonly longestMs: number;
}

/** A session reads as of one instant until it is closed. */
export interface SnapshotBegun {
  /** By which other sessions read as of the same instant, for as long as this one is open; null where servers have no such thing. */
  readonly name: string | null;
}

/** What a server can do about reading as of one instant, and which tables it cannot do it with. */
export interface SnapshotFacts {
  /**
   * How several sessions come to read as of the same instant: by a name that one of them gives the others, by comparing where the
   * change stream stood when each began, or not at all.
   */
  readonly way: 'by-name' | 'by-place' | 'alone';
  /** Why sessions can only read alone; null where they need not. */
  readonly because: string | null;
  /** By the name of the table, why its rows are read as they are at the time; completes "x …". */
  readonly without: ReadonlyMap<string, string>;
}

/** Sessions that read as of one instant, of which it is asked who pays for that. */
export interface SnapshotWatchRequest {
  readonly sessionIds: readonly string[];
}

/** Who waits for some sessions, and what the server keeps for them. */
export interface SnapshotCost {
  /** How many sessions wait for one of them, as far as that can be seen; and whether a standby's replay does. */
  readonly waiting: number;
  readonly isReplayWaiting: boolean;
  /** Whether the account sees who waits. */
  readonly isSeen: boolean;
  /** What the server keeps of old rows: transactions in its history list, or transactions since the oldest that it keeps rows for. */
  readonly oldTransactions: number | null;
  /** How many bytes of changes a standby has received and not replayed; null where it is none. */
  readonly unreplayedBytes: number | null;
}

/** What is locked while sessions begin to read, so that they all do as of the same instant. */
export interface WriterLockRequest {
  /** Everything, or the tables that are read. */
  readonly scope: 'tables' | 'global';
  readonly tables: SnapshotTables;
}

/** What became of a lock: why it was not taken, or null where it is held until it is given back. */
export interface WriterLockAnswer {
  readonly refusal: string | null;
  /** Where the change stream stands meanwhile; null where the server does not say it. */
  readonly place: string | null;
}

/** Of which tables a server is asked whether it can read them as of an instant. */
export type SnapshotTables = readonly Pick<Table, 'schema' | 'name' | 'kind'>[];
