import type { FindKeysResult, FindKeysTask } from '../core/chunk.js';
import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { BucketJob } from './bucket-tasks.js';
import { readEachKey, toKeyParts } from './read-keys.js';
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
  let rows = 0;
  let example: readonly KeyPart[] | null = null;
  try {
    const { session, close } = await context.sessions.openStream(side);
    channel.reportSessions({ [side]: session });
    try {
      await readEachKey({ pair, side, engine, session }, { key: [], withoutIndex: true }, (key) => {
        if (wanted.delete(key.bytes.toString('latin1', 0, key.length))) {
          rows++;
          example ??= toKeyParts(pair, key.toBuffer());
        }
        return wanted.size > 0;
      });
    } finally {
      await close();
    }
    return { kind: 'found-keys', rows, example };
  } catch (error) {
    return describeReadFailure(describeReadError(error, pair, { side, engine }));
  }
}
