import type { RowsFacts } from '../../core/gate/rows-facts.js';
import type { RunResult } from '../../core/result.js';
import { verify } from '../verify.js';
import { checkEarlier } from './earlier-rows.js';
import { readFollow } from './follow.js';
import type { GateAsk, GateHooks } from './gate-ask.js';
import type { GateReading } from './read-gate.js';
import { describeRows } from './rows-facts.js';
import { readLaterMarks, settleWriteMarks, type WriteMarks } from './write-marks.js';

/** A verdict over rows that waits for the last reading. */
export interface RowPass {
  /** What it is worth now, at a position of the source. */
  describe(position: string | null): Promise<RowsFacts>;
}

/** Reads the rows, or takes what an earlier run said of them. */
export async function judgeRows(ask: GateAsk, hooks: GateHooks, reading: GateReading): Promise<RowPass> {
  const { earlier } = ask;
  const found =
    earlier === null ? await verifyNow(ask, hooks, reading) : await checkEarlier(earlier, ask, reading);
  const { sides, tables } = reading;
  return {
    describe: async (position) =>
      describeRows({
        ...found,
        tables,
        position,
        isEarlier: earlier !== null,
        now: await readLaterMarks({ sides, tables }, found.before, hooks.signal),
      }),
  };
}

/** The rows are read once the target has what was committed, so that what it applies later is no write of others. */
async function verifyNow(
  { config }: GateAsk,
  { signal, onEvent, onWarning, log, waivers }: GateHooks,
  { sides, tables }: GateReading,
): Promise<{ readonly result: RunResult; readonly before: WriteMarks }> {
  await readFollow({ sides, tables, config, signal });
  const before = await settleWriteMarks({ sides, tables }, signal);
  const outcome = await verify(config, {
    signal,
    rowEvents: false,
    keepsRows: false,
    ...(waivers !== undefined && { waivers }),
    ...(onEvent !== undefined && { onEvent }),
    ...(onWarning !== undefined && { onWarning }),
    ...(log !== undefined && { log }),
  });
  await outcome.close();
  return { result: outcome.result, before };
}
