import type { ControlRow, Engine } from '../engines/engine.js';
import type { WriteDialect, WriteSession } from '../engines/write.js';
import type { Block } from './blocks.js';
import type { RowStatement } from './row-statement.js';
import {
  type AppliedTable,
  buildUndo,
  type EffectProbe,
  notReferred,
  type RowImage,
  type UndoStatement,
} from './undo-statement.js';
import { joinKey, keyAfter } from './wanted-row.js';

/** What statements are run with. */
export interface RunContext {
  readonly session: WriteSession;
  readonly engine: Engine;
  readonly dialect: WriteDialect;
  /** By the numbers that statements name. */
  readonly tables: ReadonlyMap<number, AppliedTable>;
}

/** What takes one statement back: lines of a file, last one first, and how to see whether its effect is there. */
export interface WrittenUndo {
  readonly lines: readonly string[];
  readonly probe: EffectProbe;
}

/** What became of a block: its rows, and what takes it back, in the order in which it was done. */
export interface BlockRun {
  readonly block: Block;
  /** Rows that were written, and rows whose first statement found nothing; refused ones with the reason. */
  readonly applied: ReadonlySet<string>;
  readonly unmatched: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, string>;
  readonly undo: readonly WrittenUndo[];
}

/** A row that cannot be written: the server refused it, or what takes it back could not be. */
class RowRefusal extends Error {
  readonly mark: string;

  constructor(mark: string, message: string) {
    super(message);
    this.mark = mark;
  }
}

/** An error that may not come again: whoever catches it rolls back, waits, and begins again with this row. */
export class TransientFailure extends Error {
  readonly mark: string;
  readonly lost: boolean;

  constructor(mark: string, { cause, lost }: { readonly cause: unknown; readonly lost: boolean }) {
    super('A statement failed for a reason that may pass.', { cause });
    this.mark = mark;
    this.lost = lost;
  }
}

const SAVEPOINT = 'rowproof_block';

/**
 * Runs the statements of a block behind a savepoint. If the server refuses a row, all of the block is rolled back and done
 * again without that row, so that no value that it put aside for a moment stays; then a row that waited for its value is
 * refused in turn.
 */
export async function runBlock(
  block: Block,
  context: RunContext,
  given: ReadonlyMap<string, string> = new Map(),
): Promise<BlockRun> {
  const { session } = context;
  const refused = new Map(given);
  await control(context, block, `SAVEPOINT ${SAVEPOINT}`);
  for (;;) {
    try {
      const run = await attempt(block, context, refused);
      await control(context, block, `RELEASE SAVEPOINT ${SAVEPOINT}`);
      return run;
    } catch (error) {
      if (!(error instanceof RowRefusal)) throw error;
      refused.set(error.mark, error.message);
      if (session.broken) throw new TransientFailure(error.mark, { cause: error, lost: true });
      await control(context, block, `ROLLBACK TO SAVEPOINT ${SAVEPOINT}`);
    }
  }
}

async function attempt(
  block: Block,
  context: RunContext,
  refused: ReadonlyMap<string, string>,
): Promise<BlockRun> {
  const applied = new Set<string>();
  const unmatched = new Set<string>();
  const undo: WrittenUndo[] = [];
  for (const statement of block) {
    const { mark } = statement;
    if (refused.has(mark) || unmatched.has(mark)) continue;
    const effect = await guarded(context, mark, () => runStatement(statement, context));
    if (effect === 'nothing') {
      if (!applied.has(mark)) unmatched.add(mark);
      else
        throw new RowRefusal(
          mark,
          'Something on the target, such as a trigger, changed the row between two of its statements.',
        );
      continue;
    }
    applied.add(mark);
    if (effect !== null) undo.push(toLines(effect, statement, context));
  }
  return { block, applied, unmatched, refused, undo };
}

function toLines(
  { sql, probe }: UndoStatement,
  { mark, table }: RowStatement,
  { tables }: RunContext,
): WrittenUndo {
  const lines = tables.get(table)?.catalog.dialect.toLines(sql) ?? [];
  return { lines: lines.map((line) => `/*r ${mark}*/ ${line}`).toReversed(), probe };
}

/** Runs one statement and builds its undo; null where it found the row and changed nothing. */
async function runStatement(
  statement: RowStatement,
  context: RunContext,
): Promise<UndoStatement | null | 'nothing'> {
  const { session, tables } = context;
  const table = tables.get(statement.table);
  if (table === undefined) throw new RangeError(`Table ${statement.table} was not prepared`);
  const { kind, mark } = statement;
  let before: RowImage | null = null;
  if (kind !== 'insert') {
    before = await readImage(joinKey(statement.key), { statement, table, session, locking: true });
    if (before === null) return 'nothing';
    if (kind === 'delete') await refuseReferred(before, { mark, table, session });
  }
  const found = await session.execute(statement.sql);
  if (found > 1) throw new RowRefusal(mark, `The statement found ${found} rows where it must find one.`);
  if (found === 0) return 'nothing';
  if (kind === 'delete') return buildUndo({ before, after: null }, table);
  const where = keyAfter([statement], table);
  const after = await readImage(where, { statement, table, session, locking: false });
  if (after !== null) return buildUndo({ before, after }, table);
  throw new RowRefusal(
    mark,
    'The row is not under its key once it was written: a trigger may have changed it.',
  );
}

/** The file asks about the foreign keys that there were when it was written; one that came since might cascade. */
async function refuseReferred(
  row: RowImage,
  { mark, table, session }: { mark: string; table: AppliedTable; session: WriteSession },
): Promise<void> {
  const conditions = notReferred(row, table);
  if (conditions.length === 0) return;
  const { fromNothing } = table.catalog.dialect;
  const free = await session.query(`SELECT 1 AS free${fromNothing} WHERE ${conditions.join(' AND ')}`);
  if (free.length === 0) throw new RowRefusal(mark, 'Other rows refer to the row, which would go with it.');
}

interface ImageRead {
  readonly statement: RowStatement;
  readonly table: AppliedTable;
  readonly session: WriteSession;
  /** Whether nobody may change the row until the transaction ends. */
  readonly locking: boolean;
}

/** All columns of the one row that a condition finds, also those that were not compared. */
async function readImage(
  where: string,
  { statement, table, session, locking }: ImageRead,
): Promise<RowImage | null> {
  const { images, catalog } = table;
  const columns = images.map(({ select }, i) => `${select} AS c${i}`);
  const lossy = images.flatMap(({ lossy }, i) =>
    locking && lossy !== null ? [`CASE WHEN ${lossy} THEN 1 ELSE 0 END AS l${i}`] : [],
  );
  const from = catalog.dialect.quoteOnlyTable(table.table);
  const rows = await session.query(
    `SELECT ${[...columns, ...lossy].join(', ')} FROM ${from} WHERE ${where}${locking ? ' FOR UPDATE' : ''}`,
  );
  const [row] = rows;
  if (rows.length > 1)
    throw new RowRefusal(
      statement.mark,
      `The key of the statement finds ${rows.length} rows where it must find one.`,
    );
  if (row === undefined) return null;
  refuseLossy(row, statement, table);
  return images.map((_, i) => row[`c${i}`] ?? null);
}

/** A value that cannot be brought back is only taken away from no row. */
function refuseLossy(
  row: ControlRow,
  { kind, assignments, mark }: RowStatement,
  { images }: AppliedTable,
): void {
  const lost = images.find(
    ({ name }, i) =>
      row[`l${i}`] === '1' && (kind === 'delete' || assignments.some(({ column }) => column === name)),
  );
  if (lost === undefined) return;
  throw new RowRefusal(
    mark,
    `The value of column ${lost.name} has no form from which undo could bring it back.`,
  );
}

async function control(context: RunContext, block: Block, sql: string): Promise<void> {
  await guarded(context, block[0]?.mark ?? '', () => context.session.execute(sql));
}

/** Sorts errors: what may pass, what will meet every row, and what is about this row. */
async function guarded<T>(
  { engine, dialect, session }: RunContext,
  mark: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RowRefusal || error instanceof RangeError || dialect.isHopeless(error)) throw error;
    const { transient, code, message } = engine.classifyError(error);
    const lost = session.broken || code === 'connection-lost';
    if (transient || lost) throw new TransientFailure(mark, { cause: error, lost });
    throw new RowRefusal(mark, message);
  }
}
