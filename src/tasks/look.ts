import type { LookResult, LookTask } from '../core/chunk.js';
import { type PackedKey, unpackKeys } from '../core/packed-keys.js';
import type { Side } from '../core/pairing.js';
import { noRowStates, type RowStates } from '../core/row-states.js';
import type { WireRow } from '../engines/row-span.js';
import type { BucketJob } from './bucket-tasks.js';
import { takePosition } from './fence-position.js';
import { planByKeys } from './plan-rereads.js';
import { listKeys, readListedRows } from './read-again.js';
import { RowBatch } from './row-batch.js';
import { describeChunkFailure, onOneSide, tableSide } from './worker-context.js';

/**
 * Says what sides hold of some rows, one side after the other, each statement in a transaction of its own; and then where the
 * source stands, asked on the session that read its rows, so that the position is of the server that they came from.
 */
export async function look(job: BucketJob<LookTask>): Promise<LookResult> {
  const { task, pair, context } = job;
  const { fence, limitMs } = task;
  try {
    const states: RowStates[] = [];
    for (const side of task.sides)
      states.push(await onOneSide(pair, context, { side, step: () => readStates(job, side) }));
    const position =
      fence === null
        ? null
        : await onOneSide(pair, context, {
            side: 'source',
            step: async () => {
              const session = await context.sessions.session('source');
              const { load, passwords } = context.sessions;
              return takePosition({ session, fence, stop: load.stopSignal, limitMs, passwords });
            },
          });
    return { kind: 'looked', states, position };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

async function readStates(
  { task, pair, context, channel }: BucketJob<LookTask>,
  side: Side,
): Promise<RowStates> {
  const session = await context.sessions.session(side);
  channel.reportSessions({ [side]: session });
  const prepared = await tableSide(pair, side, context);
  const { reader } = prepared;
  const { hash } = context.hasher;
  const keyKinds = pair.key.map((column) => column.keyKind);
  const keys = [...unpackKeys(task.keys)];
  const states = noRowStates(keys.length);
  const batch = new RowBatch();
  const row: WireRow = { buffer: batch.bytes, offset: 0, end: 0 };
  let first = 0;
  for (const step of planByKeys<PackedKey>(keys, pair.key.length)) {
    const asked = step.rows.map((key) => key[side]);
    await readListedRows({ prepared, session }, listKeys(keyKinds, asked), batch);
    for (const place of asked.keys()) {
      row.offset = batch.startOf(place);
      if (row.offset < 0) continue;
      row.buffer = batch.bytes;
      row.end = batch.endOf(place);
      states.present[first + place] = 1;
      states.hashes[first + place] = reader.hashRow(row, hash);
    }
    first += asked.length;
  }
  return states;
}
