import type { FenceChoice } from '../core/fence.js';
import type { Side } from '../core/pairing.js';
import type { Table } from '../core/schema.js';
import type { PositionRules } from '../engines/positions.js';
import type { Session } from '../engines/session.js';

/** The table pairs that fences are wanted of, and who is asked; the rules are those of the source's engine. */
export interface FencesWanted {
  readonly sessions: Readonly<Record<Side, Pick<Session, 'ask'>>>;
  readonly rules: PositionRules;
  readonly pairs: readonly { readonly source: Table; readonly target: Table }[];
}

/**
 * Reads what both servers say of replication and chooses a fence for each table pair, in the same order.
 *
 * The source is read before the target and after it: what the target has applied, a source that it follows has written by then,
 * and what it had confirmed to it before, it has. Where that does not hold it is the replica of another server. A target that
 * follows no server is no replica of any, whatever the source says by then.
 */
export async function chooseFences({
  sessions,
  rules,
  pairs,
}: FencesWanted): Promise<readonly FenceChoice[]> {
  const read = (side: Side) =>
    sessions[side].ask('replication', { side, tables: pairs.map((pair) => pair[side]) });
  const sourceBefore = await read('source');
  const target = await read('target');
  const source = rules.mayFollow(target) ? await read('source') : sourceBefore;
  return rules.chooseFences({ sourceBefore, source, target, pairs });
}
