import type { RowDifference } from '../core/difference.js';
import { isConditional, qualifiedName, type Side } from '../core/pairing.js';
import { RowLookup } from '../diagnosis/row-lookup.js';
import type { RepairCatalog } from '../engines/repair.js';
import type { ControlRow } from '../engines/session.js';
import { type AskedSide, findHiddenRows } from '../repair/hidden-rows.js';
import type { TableState } from '../state/table-state.js';
import { formatCounted } from '../words/number-text.js';
import type { OpenSide } from './open-side.js';

interface LookingBehind {
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly tables: readonly TableState[];
  /** Reads the differing rows of a table of the target, several at a time. */
  readonly read: (table: string) => AsyncIterable<readonly RowDifference[]>;
}

interface Asking extends LookingBehind {
  readonly ask: (side: Side) => (sql: string) => Promise<readonly ControlRow[]>;
  /** How many rows of each table are looked up. */
  readonly mostRows: number;
}

/** Enough to tell that a condition hides rows, for a report alone. */
const NOTED_ROWS = 2000;

/**
 * Says in the report of a run that writes no repair whether rows that are missing or extra among those that meet its
 * condition are on the other side after all. A server that cannot be asked any more does not change the result.
 */
export async function noteHiddenRows(looking: LookingBehind): Promise<void> {
  const differing = looking.tables.filter(
    ({ planned: { pair }, differences }) => pair !== null && isConditional(pair) && differences > 0,
  );
  if (differing.length === 0) return;
  const lookup = new RowLookup(looking.sides);
  try {
    const ask = (side: Side) => async (sql: string) => (await lookup.side(side)).ask('repair-question', sql);
    await findAllHidden({ ...looking, ask, mostRows: NOTED_ROWS });
  } catch {
    // What fails on the server is in the log; the report says that nobody knows.
    for (const table of differing) {
      table.addFinding({
        code: 'hidden-by-condition',
        about: { table: table.name, detail: 'not looked up' },
        message: `Rows of ${table.name} are called missing or extra among those that meet the condition of the run; whether they are on the other side without it could not be looked up.`,
        hint: 'Verify without the condition to compare them.',
      });
    }
  } finally {
    await lookup.close();
  }
}

/** Looks missing and extra rows up without the condition of the run, and says in the report how many are there. */
export async function findAllHidden({
  sides,
  tables,
  read,
  ask,
  mostRows,
}: Asking): Promise<ReadonlyMap<string, ReadonlyMap<number, string>>> {
  const found = new Map<string, ReadonlyMap<number, string>>();
  const limited = tables.flatMap((table) =>
    table.planned.pair !== null && isConditional(table.planned.pair)
      ? [{ table, pair: table.planned.pair }]
      : [],
  );
  if (limited.length === 0) return found;
  const asked: Record<Side, AskedSide> = {
    source: { dialect: (await readCatalog(sides.source)).dialect, ask: ask('source') },
    target: { dialect: (await readCatalog(sides.target)).dialect, ask: ask('target') },
  };
  for (const { table, pair } of limited) {
    const name = qualifiedName(pair.target);
    const rows = firstRows(read(name), mostRows);
    const hidden = await findHiddenRows({ pair, sides: asked, rows });
    found.set(name, hidden);
    if (hidden.size === 0) continue;
    const isAll = table.differences <= mostRows;
    table.addFinding({
      code: 'hidden-by-condition',
      about: { table: name, detail: `${isAll ? '' : 'at least '}${hidden.size}` },
      message: `${isAll ? '' : 'At least '}${formatCounted(hidden.size, 'missing or extra row')} of ${name} ${hidden.size === 1 ? 'is on the other side too, where it does' : 'are on the other side too, where they do'} not meet the condition of the run, or could not be looked up there.`,
      hint: 'Verify without the condition to compare them; repair SQL leaves them alone.',
    });
  }
  return found;
}

async function* firstRows(
  batches: AsyncIterable<readonly RowDifference[]>,
  most: number,
): AsyncGenerator<RowDifference> {
  let count = 0;
  for await (const rows of batches) {
    for (const row of rows) {
      if (count >= most) return;
      count++;
      yield row;
    }
  }
}

function readCatalog({ session, catalog }: OpenSide): Promise<RepairCatalog> {
  const { schema: name, tables, version } = catalog;
  return session.ask('repair-catalog', { name, tables, version });
}
