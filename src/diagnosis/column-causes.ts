import type { ColumnTally } from '../core/column-tally.js';
import type { CauseCode, Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import { ExplainedTally } from '../core/explained-rows.js';
import type { ColumnPair } from '../core/pairing.js';
import { findAllowingRelaxation } from './allowing-relaxation.js';
import { chooseCauses } from './choose-causes.js';
import { RowCauses } from './row-causes.js';
import { toChangedRow } from './row-explainer.js';

/** The causes of the changed values of one table, its columns in their order. */
export function diagnoseColumns(
  tallies: ReadonlyMap<string, ColumnTally>,
  order: readonly string[],
): Diagnosis[] {
  const diagnoses: Diagnosis[] = [];
  const swaps = new Set<string>();
  for (const column of order) {
    const tally = tallies.get(column);
    if (tally === undefined) continue;
    for (const { cause, detail, confidence, rows, examples } of chooseCauses(tally.sets, tally.rows)) {
      const columns = columnsOf(column, cause, detail);
      if (columns.length > 1) {
        const name = [...columns].sort().join('\n');
        if (swaps.has(name)) continue;
        swaps.add(name);
      }
      const evidence = {
        detail: columns.length > 1 ? '' : detail,
        of: tally.rows - tally.passedOver,
        examples,
      };
      const isWhole = rows === tally.rows && confidence === 'proved';
      const relaxation = isWhole ? findAllowingRelaxation(cause, detail) : null;
      diagnoses.push({
        ...{ cause, confidence, columns, rows, evidence },
        ...(relaxation !== null && { relaxation }),
      });
    }
  }
  return diagnoses;
}

/** A swap is a diagnosis of two columns; the other one is named by the detail. */
function columnsOf(column: string, cause: CauseCode, detail: string): string[] {
  return cause === 'columns-swapped' ? [column, detail.replace(/^with /, '')] : [column];
}

/** The causes of the changed values of rows that are at hand. */
export function diagnoseChanges(columns: readonly ColumnPair[], rows: Iterable<RowDifference>): Diagnosis[] {
  const names = columns.map(({ target }) => target.name);
  return diagnoseColumns(explainChanges(columns, rows).columns, names);
}

/** What the changed values of rows show that are at hand. */
export function explainChanges(
  columns: readonly ColumnPair[],
  rows: Iterable<RowDifference>,
): ExplainedTally {
  const causes = new RowCauses({ key: [], columns });
  let at = 0;
  for (const row of rows) {
    const { kind, key } = row;
    causes.add({ ...toChangedRow(row), kind, at: at++, readKey: () => key });
  }
  const tally = new ExplainedTally();
  const explained = causes.take();
  if (explained !== null) tally.add(explained);
  return tally;
}
