import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { TableResult } from '../../core/result.js';
import type { Mode } from '../../core/verdict.js';
import { formatCount, formatCounted } from '../../words/number-text.js';
import { formatKnownCount, formatPairName } from '../verdict-text.js';
import { codeSpan } from './code-span.js';

/** The head of the table of tables. */
export const TABLE_HEAD = `| table | verdict | source rows | target rows | missing | extra | changed |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
`;

const ORDER = { different: 0, unverified: 1, waived: 2, sampled: 2, counted: 2, verified: 3 } as const;

/** A line for each table pair, those that need attention first. */
export function listTableRows(tables: readonly TableResult[], runMode: Mode): string[] {
  return tables
    .toSorted((one, other) => ORDER[one.verdict] - ORDER[other.verdict])
    .map((table) => {
      const counts = [table.missing, table.extra, table.changed].map((count) => formatCompared(table, count));
      const rows = [table.sourceRows, table.targetRows].map((count) => formatRead(table, count));
      const cells = [codeSpan(formatPairName(table)), formatVerdict(table, runMode), ...rows, ...counts];
      return `| ${cells.join(' | ')} |\n`;
    });
}

function formatVerdict(table: TableResult, runMode: Mode): string {
  const open = table.verdict !== 'unverified' && isPartlyUnverified(table) ? ' + unverified' : '';
  const mode = table.mode === runMode ? '' : ` (${table.mode})`;
  const { waived = 0, new: fresh = 0 } = table;
  const left = table.left === undefined ? '' : ', left early';
  const accepted = waived === 0 ? '' : `, ${formatCounted(waived, 'row')} waived`;
  return `${table.verdict === 'different' ? '**different**' : table.verdict}${open}${mode}${left}${fresh === 0 ? '' : `, ${formatCount(fresh)} new`}${accepted}`;
}

/** A zero would claim that somebody looked. */
function formatRead(table: TableResult, count: number): string {
  return table.strategy === null ? '–' : formatKnownCount(table, count);
}

function formatCompared(table: TableResult, count: number): string {
  return table.strategy === 'count' ? '–' : formatRead(table, count);
}
