import type { Fence, FenceChoice } from '../core/fence.js';
import type { Table } from '../core/schema.js';

/**
 * What a server says of replication from it and to it, as far as the account may see it. Plain JSON, so that it can be kept in
 * a file; only the engines of its family know what is in it. What could not be read is part of it, with the missing grant.
 */
export interface ReplicationFacts {
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What both sides said, and the table pairs of which a fence is wanted. */
export interface FenceRequest {
  /** Read before the target, and again after it: what is between the two was true while the target was read. */
  readonly sourceBefore?: ReplicationFacts;
  readonly source: ReplicationFacts;
  readonly target: ReplicationFacts;
  readonly pairs: readonly { readonly source: Table; readonly target: Table }[];
}

/** How the engines of one family know that a target has applied what its source had committed. */
export interface PositionRules {
  /** One choice a pair, in the same order. The facts may be those of a server of another family. */
  chooseFences(request: FenceRequest): readonly FenceChoice[];
  /** Whether the target may follow some server. Where it follows none, no source says more by being read again after it. */
  mayFollow(target: ReplicationFacts): boolean;
  /** Why the target does not apply at the moment what a fence waits for; null where nothing of that is known. */
  findHalt(fence: Fence, target: ReplicationFacts): string | null;
}
