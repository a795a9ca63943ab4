import type { Fence } from '../../core/fence.js';

/** How long and behind what rows are looked at. */
export interface LookRules {
  /** For how long rows that move are looked at. */
  readonly forMs: number;
  /** How long a target may take to come up to a position. */
  readonly longestLagMs: number;
  /** What a command of the user's must not find in its environment. */
  readonly passwords: readonly string[];
  /** Why the target does not apply at the moment what a fence waits for; null where nothing of that is known. */
  readonly findHalt: (fence: Fence) => Promise<string | null>;
  /** Is told how long the target took to come up to a position of the source. */
  readonly onLag: (fence: Fence, lagMs: number) => void;
}
