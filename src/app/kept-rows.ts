import type { KeptLines } from '../core/difference.js';
import { RowproofError } from '../core/errors.js';
import { qualifiedName } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import type { Reading } from './read-tables.js';
import type { EditRow, RunHooks, TableDifference, ToldDifferences } from './run-hooks.js';
import type { WaivedRows } from './waive-rows.js';

/** Whether a run keeps every differing row: where it is asked to, and where something reads them all once they are known. */
export function keepsRowsOf(hooks: RunHooks): boolean {
  const { keepsRows = true, onEvent, rowEvents = true, wantsRepair = false, waivers, sitting } = hooks;
  const isPart = sitting !== undefined && (sitting.share !== null || sitting.parts !== null);
  const areTold = rowEvents && onEvent !== undefined;
  return keepsRows || areTold || wantsRepair || isPart || (waivers?.active.length ?? 0) > 0;
}

/** About how many bytes the rows that differ have on a side; null where the source does not say how long rows of one of their tables are. */
export function estimateDiffering(tables: readonly TableState[]): number | null {
  return tables.reduce<number | null>((sum, { differences, planned: { pair } }) => {
    const rowBytes = differences === 0 ? 0 : (pair?.source.estimatedRowBytes ?? null);
    return sum === null || rowBytes === null ? null : sum + differences * rowBytes;
  }, 0);
}

interface Edits {
  readonly waived: WaivedRows;
  readonly edit: EditRow | undefined;
}

/** Lists every differing row; throws where a run did not keep them. */
export function listDifferences(
  reading: Pick<Reading, 'spool' | 'tables' | 'teller' | 'wishes'>,
  edits: Edits,
): ToldDifferences {
  if (reading.wishes.keepsRows) {
    const rows = readDifferences(reading, edits);
    if (!isToldAsKept(reading, edits)) return rows;
    return { [Symbol.asyncIterator]: () => rows, kept: readLines(reading) };
  }
  throw new RowproofError({
    code: 'usage',
    message: 'This run kept no list of the rows that differ.',
    hint: 'Run again with keepsRows: true.',
  });
}

function isToldAsKept({ teller }: Pick<Reading, 'teller'>, { waived, edit }: Edits): boolean {
  return teller.showsAll && edit === undefined && waived.used.size === 0;
}

async function* readLines({ spool, tables }: Pick<Reading, 'spool' | 'tables'>): AsyncGenerator<KeptLines> {
  for (const { planned, stored } of tables) {
    if (planned.target === null) continue;
    const table = qualifiedName(planned.target);
    for await (const text of spool.readText(planned.id, stored)) yield { table, text };
  }
}

async function* readDifferences(
  { spool, tables, teller }: Pick<Reading, 'spool' | 'tables' | 'teller'>,
  { waived, edit = (_table, row) => row }: Edits,
): AsyncGenerator<TableDifference> {
  for (const { planned, stored } of tables) {
    if (planned.target === null) continue;
    const table = qualifiedName(planned.target);
    for await (const rows of waived.markBatches(table, spool.readBatches(planned.id, stored)))
      for (const row of rows) yield { table, difference: teller.row(planned, edit(table, row)) };
  }
}
