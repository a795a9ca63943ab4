import type { Side } from './pairing.js';

/**
 * A way to know that the target has applied all that the source had committed when its position was read. Plain data, so that
 * it can go to another thread and into a file.
 */
export interface Fence {
  /** Which of the ways it is, as reports name it: `gtid`, `binlog`, `standby`, `subscription`, `column`. */
  readonly way: string;
  /** The side that is asked whether a position was reached. */
  readonly reachedOn: Side;
  /**
   * Whether the target applies the transactions of all tables in the order in which they were committed, or only those of each
   * table. What has no order that is known, as where a commit may be on the target before it is visible on the source, is `table`:
   * then no number of looks proves a difference, but time.
   */
  readonly order: 'global' | 'table';
  /** What the engine must know of it, such as the name of a slot. */
  readonly details: Readonly<Record<string, string>>;
  /** What is sent for it, for people. */
  readonly statements: { readonly position: string; readonly reached: string };
}

/** The fence of one table pair, or why there is none. */
export type FenceChoice =
  | { readonly kind: 'fence'; readonly fence: Fence }
  /** `grant` is the statement that would let the account see more; null where that would not help. */
  | {
      readonly kind: 'none';
      readonly reason: string;
      readonly grant: string | null;
      /** Set where the target follows the source, and nothing of that moves on at the moment. */
      readonly isHalted?: true;
    }
  /** Replication leaves the table, or rows or columns of it, out on purpose; `filter` says by what. */
  | { readonly kind: 'left-out'; readonly side: Side; readonly filter: string };
