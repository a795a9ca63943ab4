import type { RowDifference } from '../../../core/difference.js';
import { refuseUnknownNames } from '../../../core/refuse-unknown-names.js';
import type { RunResult } from '../../../core/result.js';
import { type TableRows, TableRowsTaker } from './table-rows.js';

/** What an HTML report keeps of all differing rows, by the target's name of the table. */
export type HtmlRows = ReadonlyMap<string, TableRows>;

interface AllRows {
  readonly result: RunResult;
  readonly differences: AsyncIterable<{ readonly table: string; readonly difference: RowDifference }>;
}

/**
 * Reads every differing row once, for an HTML report that shows a sample of them and where all of them lie. Memory does not
 * grow with their number.
 */
export async function collectHtmlRows(all: AllRows): Promise<HtmlRows> {
  refuseUnknownNames(all, { of: 'collectHtmlRows', known: ['result', 'differences'] });
  const { result, differences } = all;
  const takers = new Map<string, TableRowsTaker>();
  for (const table of result.tables)
    if (table.target !== null) takers.set(table.target, new TableRowsTaker(table));
  for await (const { table, difference } of differences) takers.get(table)?.add(difference);
  return finish(takers);
}

/** The same from the first rows that a result holds itself. */
export function collectSampleRows({ tables }: RunResult): HtmlRows {
  const takers = new Map<string, TableRowsTaker>();
  for (const table of tables) {
    if (table.target === null) continue;
    const taker = new TableRowsTaker(table);
    for (const row of table.sample) taker.add(row);
    takers.set(table.target, taker);
  }
  return finish(takers);
}

function finish(takers: ReadonlyMap<string, TableRowsTaker>): HtmlRows {
  return new Map([...takers].map(([name, taker]) => [name, taker.finish()]));
}
