import type { BlockRun } from './block-tally.js';
import type { Batch, Block } from './blocks.js';
import { TransientFailure } from './row-failure.js';
import { runBlock } from './run-blocks.js';
import type { RunContext } from './send-statements.js';

const SAVEPOINT = 'rowproof_group';
/** Beyond this, leaving out one block after the other takes longer than it is worth. */
const MOST_TRIALS = 50;

type Trial =
  | { readonly kind: 'kept'; readonly runs: readonly BlockRun[] }
  | { readonly kind: 'violated'; readonly reason: string };

/**
 * Runs the blocks of a batch in which some row breaks a constraint that the server checks only at the end: each block is
 * checked by itself; those that break something wait for the others, as rows do that refer to each other in a circle, and
 * are then tried together. What still breaks a constraint is refused.
 */
export async function runCarefully(
  batch: Batch,
  context: RunContext,
  refused: ReadonlyMap<string, string>,
): Promise<BlockRun[]> {
  const runs: BlockRun[] = [];
  const reasons = new Map<Block, string>();
  let waiting: Batch = batch;
  for (let last = Number.POSITIVE_INFINITY; waiting.length < last; ) {
    last = waiting.length;
    const left: Block[] = [];
    for (const block of waiting) {
      const trial = await tryTogether([block], context, refused);
      if (trial.kind === 'kept') runs.push(...trial.runs);
      else {
        left.push(block);
        reasons.set(block, trial.reason);
      }
    }
    waiting = left;
  }
  const circle = waiting.length > 1 ? await findCircle(waiting, context, refused) : [];
  runs.push(...circle);
  const kept = new Set(circle.map(({ block }) => block));
  return [
    ...runs,
    ...waiting.filter((block) => !kept.has(block)).map((block) => refuse(block, reasons.get(block))),
  ];
}

/** The blocks that keep all constraints together, perhaps without one of them. */
async function findCircle(
  waiting: Batch,
  context: RunContext,
  refused: ReadonlyMap<string, string>,
): Promise<readonly BlockRun[]> {
  const whole = await tryTogether(waiting, context, refused);
  if (whole.kind === 'kept') return whole.runs;
  if (waiting.length > MOST_TRIALS) return [];
  for (const block of waiting) {
    const others = await tryTogether(
      waiting.filter((each) => each !== block),
      context,
      refused,
    );
    if (others.kind === 'kept') return others.runs;
  }
  return [];
}

async function tryTogether(
  blocks: Batch,
  context: RunContext,
  refused: ReadonlyMap<string, string>,
): Promise<Trial> {
  const { session, engine, dialect } = context;
  if (dialect.checkDeferred === null) throw new RangeError('The engine defers no constraints');
  const [check, defer] = dialect.checkDeferred;
  await session.execute(`SAVEPOINT ${SAVEPOINT}`);
  const runs: BlockRun[] = [];
  for (const block of blocks) runs.push(...(await runBlock(block, context, refused)));
  try {
    await session.execute(check);
  } catch (error) {
    const { transient, message } = engine.classifyError(error);
    const mark = blocks[0]?.[0]?.mark ?? '';
    if (transient || session.broken) throw new TransientFailure(mark, { cause: error, lost: session.broken });
    await session.execute(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`);
    await session.execute(defer);
    return { kind: 'violated', reason: message };
  }
  await session.execute(defer);
  await session.execute(`RELEASE SAVEPOINT ${SAVEPOINT}`);
  return { kind: 'kept', runs };
}

function refuse(block: Block, reason = ''): BlockRun {
  const refused = new Map(block.map(({ mark }) => [mark, reason]));
  return { block, applied: new Set(), unmatched: new Set(), refused, undo: [] };
}
