import type { Side } from '../pairing.js';

/** How the target follows the source, as far as the servers tell. */
export interface FollowFacts {
  /** By which fences it is known what the target has applied, and of how many tables. */
  readonly ways: readonly {
    readonly way: string;
    readonly tables: number;
    /** The subscription or the channel, where it has a name. */
    readonly name: string | null;
  }[];
  /** Whether the target came up to where the source stood when it was asked; null where no table has a fence. */
  readonly isReached: boolean | null;
  /** How long that took. */
  readonly lagMs: number | null;
  /** Where the source stood. */
  readonly position: string | null;
  /** Why tables have no fence, each reason once, with the grant that would help where one would. */
  readonly without: readonly {
    readonly reason: string;
    readonly grant: string | null;
    readonly isHalted: boolean;
  }[];
  /** Tables that replication leaves out, or some of their rows or columns. */
  readonly leftOut: readonly { readonly table: string; readonly side: Side; readonly filter: string }[];
}
