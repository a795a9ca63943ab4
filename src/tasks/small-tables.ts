import type { EqualTable, SmallTablesResult, SmallTablesTask } from '../core/chunk.js';
import { RowproofError } from '../core/errors.js';
import type { Side, TableId, TablePair } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import { type SideRead, SideReading } from './read-chunk-side.js';
import { meanTheSame, prepareTableSide, type TableSide } from './table-side.js';
import {
  type ChunkChannel,
  describeChunkFailure,
  onBothSides,
  type WorkerContext,
} from './worker-context.js';

interface SmallTablesWork {
  readonly task: SmallTablesTask;
  readonly pairs: ReadonlyMap<TableId, TablePair>;
  readonly context: WorkerContext;
  readonly channel: ChunkChannel;
}

/** Whole tables. */
const WHOLE = { after: null, upTo: null };

/**
 * Compares small tables, of each both sides at once. What a statement costs beside its few rows, messages to begin and end its
 * transaction first of all, is paid once for many of them.
 */
export async function compareSmallTables(work: SmallTablesWork): Promise<SmallTablesResult> {
  const { task, context, channel } = work;
  const pairs = task.pairIds.flatMap((id) => work.pairs.get(id) ?? []);
  const [first] = pairs;
  if (first === undefined) return { kind: 'compared-tables', tables: [] };
  try {
    const sessions = await onBothSides(first, context, (side) => context.sessions.session(side));
    channel.reportSessions(sessions);
    const tables = await sessions.source.together(() =>
      sessions.target.together(() => compareEach(pairs, { task, context, sessions })),
    );
    return { kind: 'compared-tables', tables };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

interface SmallTables {
  readonly task: SmallTablesTask;
  readonly context: WorkerContext;
  readonly sessions: Readonly<Record<Side, Session>>;
}

/** Tables whose statements go to a server at once: so many are soon read, and pay for most of what a message costs. */
const TABLES_AT_ONCE = 16;

async function compareEach(
  pairs: readonly TablePair[],
  of: SmallTables,
): Promise<readonly (EqualTable | null)[]> {
  const tables: (EqualTable | null)[] = [];
  for (let at = 0; at < pairs.length; at += TABLES_AT_ONCE)
    tables.push(...(await compareAtOnce(pairs.slice(at, at + TABLES_AT_ONCE), of)));
  return tables;
}

/** A table of which both sides are ready to be read. */
interface PreparedTable {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  readonly asSent: boolean;
}

async function compareAtOnce(
  pairs: readonly TablePair[],
  of: SmallTables,
): Promise<readonly (EqualTable | null)[]> {
  const prepared: PreparedTable[] = [];
  for (const pair of pairs) prepared.push(await prepareTable(pair, of));
  const [first] = pairs;
  if (first === undefined) return [];
  const { source, target } = await onBothSides(first, of.context, (side) => readTables(prepared, side, of));
  return source.map((read, i) => endTable(read, target[i]));
}

async function prepareTable(pair: TablePair, { context, sessions }: SmallTables): Promise<PreparedTable> {
  const prepare = (side: Side): Promise<TableSide> =>
    prepareTableSide(pair, side, { engine: context.sessions.engine(side), session: sessions[side] });
  const sides = await onBothSides(pair, context, prepare);
  return { pair, sides, asSent: meanTheSame(sides) };
}

/** What a side has of a table: its rows, as bytes that are the same for equal rows. */
interface ReadTable extends SideRead {
  readonly rows: number;
  readonly contents: Buffer;
}

/** Reads one side of tables, whose rows come one table after the other. */
async function readTables(
  tables: readonly PreparedTable[],
  side: Side,
  { task, context, sessions }: SmallTables,
): Promise<readonly ReadTable[]> {
  const index = context.indexes[side];
  const { hash } = context.hasher;
  const readings = tables.map(({ pair, sides, asSent }) => {
    const hasher = { hash, kernel: context.kernels[side], asSent };
    return new SideReading({ ...task, ...WHOLE }, { pair, prepared: sides[side], index, hasher });
  });
  const done: ReadTable[] = [];
  const endThoseBefore = (next: number): void => {
    while (done.length < next) {
      const read = readings[done.length]?.end();
      if (read !== undefined) done.push({ ...read, rows: index.count, contents: index.toBytes() });
      readings[done.length]?.begin();
    }
  };
  readings[0]?.begin();
  await Promise.all(
    readings.map(({ wanted, listen }, i) =>
      sessions[side].readRows(wanted, (...span) => {
        endThoseBefore(i);
        if (done.length !== i)
          throw new RowproofError({ code: 'internal', message: 'Rows of an earlier table' });
        return listen(...span);
      }),
    ),
  );
  endThoseBefore(readings.length);
  return done;
}

function endTable(source: ReadTable, target: ReadTable | undefined): EqualTable | null {
  if (target === undefined || source.capped || target.capped) return null;
  if (!source.contents.equals(target.contents)) return null;
  return { rows: source.rows, ...(source.isOnceEncoded === true && { onceEncoded: true }) };
}
