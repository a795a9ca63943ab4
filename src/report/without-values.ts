import type { RowDifference } from '../core/difference.js';
import { HIDE_VALUES, type ToldTable } from '../core/disclosure.js';
import type { RunResult, TableResult } from '../core/result.js';
import type { SavedDifference } from './saved-differences.js';

/**
 * Takes every value of a differing row out of a result that was saved with values; keys and column names stay, since
 * without them a difference names nothing. What a result says in sentences stays as well, with what servers said.
 */
export function withoutValues(result: RunResult): RunResult {
  const tables = result.tables.map((table) => ({
    ...table,
    // A result that an earlier version saved has no diagnoses.
    diagnoses: HIDE_VALUES.diagnoses(toldAs(table), table.diagnoses ?? []),
    sample: table.sample.map((row) => HIDE_VALUES.row(toldAs(table), row)),
  }));
  const { keys = 'shown' } = result.hidden ?? {};
  const hidden = { values: 'hidden', keys, shownColumns: [] } as const;
  return { ...result, hidden, tables };
}

/** The same of every differing row. */
export async function* rowsWithoutValues(
  rows: AsyncIterable<SavedDifference>,
): AsyncGenerator<SavedDifference> {
  for await (const { table, difference } of rows) yield { table, difference: hideRow(table, difference) };
}

function hideRow(name: string, row: RowDifference): RowDifference {
  return HIDE_VALUES.row({ name, key: [], shown: NOTHING_SHOWN }, row);
}

const NOTHING_SHOWN: ReadonlySet<string> = new Set();

function toldAs({ target, source, key }: TableResult): ToldTable {
  return { name: target ?? source ?? '', key, shown: NOTHING_SHOWN };
}
