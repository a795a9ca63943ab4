import type { EqualTable, SmallTablesResult, SmallTablesTask } from '../core/chunk.js';
import type { Side, TableId, TablePair } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import { readChunkSide } from './read-chunk-side.js';
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

async function compareEach(
  pairs: readonly TablePair[],
  of: SmallTables,
): Promise<readonly (EqualTable | null)[]> {
  const tables: (EqualTable | null)[] = [];
  for (const pair of pairs) tables.push(await compareTable(pair, of));
  return tables;
}

async function compareTable(
  pair: TablePair,
  { task, context, sessions }: SmallTables,
): Promise<EqualTable | null> {
  const prepare = (side: Side): Promise<TableSide> =>
    prepareTableSide(pair, side, { engine: context.sessions.engine(side), session: sessions[side] });
  const sides = await onBothSides(pair, context, prepare);
  const { hash } = context.hasher;
  const asSent = meanTheSame(sides);
  const { source, target } = await onBothSides(pair, context, (side) =>
    readChunkSide(
      { ...task, ...WHOLE },
      {
        ...{ pair, prepared: sides[side], index: context.indexes[side], session: sessions[side] },
        hasher: { hash, kernel: context.kernels[side], asSent },
      },
    ),
  );
  const { indexes } = context;
  if (source.capped || target.capped || !indexes.source.equals(indexes.target)) return null;
  return { rows: indexes.source.count, ...(source.isOnceEncoded === true && { onceEncoded: true }) };
}
