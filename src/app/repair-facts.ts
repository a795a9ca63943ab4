import type { RowDifference } from '../core/difference.js';
import { RowproofError } from '../core/errors.js';
import { comparedColumns, qualifiedName } from '../core/pairing.js';
import type { RepairCatalog } from '../engines/repair.js';
import type { RepairFacts } from '../repair/survey.js';
import type { Spool } from '../state/spool.js';
import type { TableState } from '../state/table-state.js';
import type { OpenSide } from './open-side.js';
import type { WaivedRows } from './waive-rows.js';

/** Reads what repair SQL must know of the target. */
export async function readRepairCatalog({ engine, session, catalog }: OpenSide): Promise<RepairCatalog> {
  const { schema: name, tables, version } = catalog;
  try {
    return await session.ask('repair-catalog', { name, tables, version });
  } catch (error) {
    if (error instanceof RowproofError) throw error;
    const { code, message, hint } = engine.classifyError(error);
    throw new RowproofError({
      code,
      message: `Cannot read from the target what repair SQL must know: ${message.replace(/\.$/, '')}.`,
      hint,
      cause: error,
    });
  }
}

interface RepairedRows {
  readonly spool: Spool;
  readonly tables: readonly TableState[];
  readonly waived: WaivedRows;
}

/** What repair SQL is made of, before both servers are asked what of it they would refuse. */
export function repairFacts(
  catalog: RepairCatalog,
  { spool, tables, waived }: RepairedRows,
): Omit<RepairFacts, 'examinations'> {
  const paired = tables.flatMap((table) => {
    const { pair } = table.planned;
    // What is known of a table that was left is the least of it: rows that depend on each other may be among the others.
    if (pair === null || table.isLeft) return [];
    // Columns that turned out not to tell rows apart name none of them.
    const named = table.isBag ? { ...pair, key: [], columns: comparedColumns(pair) } : pair;
    return [{ pair: named, size: { rows: table.rowsRead, copies: table.differences } }];
  });
  return {
    pairs: paired.map(({ pair }) => pair),
    sizes: new Map(paired.map(({ pair, size }) => [qualifiedName(pair.target), size])),
    catalog,
    read: (name) => waived.markBatches(name, readTable(spool, tables, name)),
  };
}

/** Reads the differing rows of a table of the target, several at a time. */
export async function* readTable(
  spool: Spool,
  tables: readonly TableState[],
  name: string,
): AsyncGenerator<readonly RowDifference[]> {
  for (const { planned, stored } of tables) {
    if (planned.target === null || qualifiedName(planned.target) !== name) continue;
    yield* spool.readBatches(planned.id, stored);
  }
}
