import type { FindKeysResult, FindKeysTask } from '../core/chunk.js';
import type { BucketJob } from './bucket-tasks.js';
import { readEachKey } from './read-keys.js';
import { describeReadError } from './table-side.js';
import { describeReadFailure } from './worker-context.js';

/**
 * Looks for rows in one pass over the keys of a whole side, without the help of an index: as many keys as there are, for
 * the price of one scan.
 */
export async function findKeys({
  task,
  pair,
  context,
  channel,
}: BucketJob<FindKeysTask>): Promise<FindKeysResult> {
  const { side } = task;
  const wanted = new Set(task.keys.map((key) => Buffer.from(key).toString('latin1')));
  const engine = context.sessions.engine(side);
  const keys: Uint8Array[] = [];
  try {
    const { session, close } = await context.sessions.openStream(side);
    channel.reportSessions({ [side]: session });
    try {
      await readEachKey({ pair, side, engine, session }, { key: [], withoutIndex: true }, (key) => {
        if (wanted.delete(key.bytes.toString('latin1', 0, key.length)))
          keys.push(new Uint8Array(key.toBuffer()));
        return wanted.size > 0;
      });
    } finally {
      await close();
    }
    return { kind: 'found-keys', keys };
  } catch (error) {
    return describeReadFailure(describeReadError(error, pair, { side, engine }));
  }
}
