import { type BlockRun, BlockTally, type LeftOut } from './block-tally.js';
import type { Batch, Block } from './blocks.js';
import { planCopySteps } from './copy-steps.js';
import { cutMessages, refuseReferred } from './refuse-referred.js';
import { RowMissed, RowRefusal, TransientFailure } from './row-failure.js';
import type { RowStatement } from './row-statement.js';
import { type Effect, planSteps, type RowSteps } from './row-steps.js';
import { type Answers, type RunContext, sendStatements } from './send-statements.js';
import type { AppliedTable } from './undo-statement.js';

/** Blocks that were run together, or the place of the one for which none of them was. */
export type BlocksOutcome =
  | { readonly kind: 'done'; readonly runs: readonly BlockRun[] }
  | { readonly kind: 'stuck'; readonly at: number };

const SAVEPOINT = 'rowproof_block';

/**
 * Runs blocks together behind a savepoint. Where a row cannot be written, all of it is rolled back: of several blocks
 * nothing is done then, and a single one is done again without that row, so that no value that it put aside for a moment
 * stays; then a row that waited for its value is refused in turn.
 */
export async function runBlocks(
  blocks: Batch,
  context: RunContext,
  given: ReadonlyMap<string, string>,
): Promise<BlocksOutcome> {
  const refused = new Map(given);
  const missed = new Set<string>();
  const mark = blocks[0]?.[0]?.mark ?? '';
  await control([`SAVEPOINT ${SAVEPOINT}`], mark, context);
  for (;;) {
    try {
      const runs = await attempt(blocks, context, { refused, missed });
      await control([`RELEASE SAVEPOINT ${SAVEPOINT}`], mark, context);
      return { kind: 'done', runs };
    } catch (error) {
      if (!(error instanceof RowRefusal || error instanceof RowMissed)) throw error;
      if (context.session.broken) throw new TransientFailure(error.mark, { cause: error, lost: true });
      const at = blocks.findIndex((block) => block.some((statement) => statement.mark === error.mark));
      const release = blocks.length === 1 ? [] : [`RELEASE SAVEPOINT ${SAVEPOINT}`];
      await control([`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, ...release], error.mark, context);
      if (blocks.length > 1) return { kind: 'stuck', at };
      if (error instanceof RowMissed) missed.add(error.mark);
      else refused.set(error.mark, error.message);
    }
  }
}

/** Runs one block by itself. */
export async function runBlock(
  block: Block,
  context: RunContext,
  given: ReadonlyMap<string, string>,
): Promise<readonly BlockRun[]> {
  const outcome = await runBlocks([block], context, given);
  return outcome.kind === 'done' ? outcome.runs : [];
}

async function control(statements: readonly string[], mark: string, context: RunContext): Promise<void> {
  const { refusal } = await sendStatements(
    statements.map((sql) => ({ mark, sql })),
    context,
  );
  if (refusal !== null) throw refusal;
}

async function attempt(blocks: Batch, context: RunContext, left: LeftOut): Promise<readonly BlockRun[]> {
  const tallies = blocks.map((block) => new BlockTally(block, left));
  const owners = new Map(
    tallies.flatMap((tally) => tally.todo.map((statement) => [statement, tally] as const)),
  );
  for (const message of cutMessages([...owners.keys()], context.tables)) {
    await refuseReferred(message, context);
    const planned = message.map((statement) => planStatement(statement, context));
    const answers = await sendStatements(
      planned.flatMap(({ statement: { mark }, steps }) => steps.sql.map((sql) => ({ mark, sql }))),
      context,
    );
    for (const { statement, table, effect } of readEffects(planned, answers))
      owners.get(statement)?.take(statement, effect, table);
  }
  return tallies.map((tally) => tally.toRun());
}

interface PlannedStatement {
  readonly statement: RowStatement;
  readonly table: AppliedTable;
  readonly steps: RowSteps;
}

function planStatement(
  statement: RowStatement,
  { tables, dialect, lastLines }: RunContext,
): PlannedStatement {
  const table = tables.get(statement.table);
  if (table === undefined) throw new RangeError(`Table ${statement.table} was not prepared`);
  const steps =
    statement.bounds === null
      ? planSteps(statement, table, { isFollowed: (lastLines.get(statement.mark) ?? 0) > statement.line })
      : planCopySteps({ statement, table, locks: dialect.lockingProbe });
  return { statement, table, steps };
}

/** What each statement did, up to the one that the server refused. */
function* readEffects(
  planned: readonly PlannedStatement[],
  { results, refusal }: Answers,
): Generator<{ statement: RowStatement; table: AppliedTable; effect: Effect }> {
  let at = 0;
  for (const { statement, table, steps } of planned) {
    const own = results.slice(at, at + steps.sql.length);
    at += steps.sql.length;
    if (own.length === steps.sql.length) yield { statement, table, effect: steps.readEffect(own) };
    else throw refusal ?? new RangeError('The server left statements without an answer');
  }
}
