import type { Finding } from '../core/finding.js';
import { comparedColumns, qualifiedName } from '../core/pairing.js';
import type { ColumnResult } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { formatCounted } from '../words/number-text.js';

/**
 * Says which columns without a rule could not prove themselves equal: their bytes differ somewhere, and nobody here knows
 * whether the values do. Such a column is unverified as a whole, like one that was not compared at all.
 */
export function describeUndecided(
  { source, pair, columns }: PlannedTable,
  counts: Readonly<Record<string, number>>,
): { readonly columns: readonly ColumnResult[]; readonly findings: readonly Finding[] } {
  if (pair === null || Object.keys(counts).length === 0) return { columns, findings: [] };
  const reasons = new Map<string, string>();
  for (const { source: own, target } of comparedColumns(pair)) {
    const rows = counts[target.name];
    if (rows === undefined) continue;
    const where = `in ${formatCounted(rows, 'row')}`;
    reasons.set(target.name, `type ${own.declared} has no rule, and its stored bytes differ ${where}`);
  }
  return {
    columns: columns.map((column) => {
      const reason = reasons.get(column.target);
      return reason === undefined ? column : { ...column, compared: false, reason };
    }),
    findings: columns.flatMap(({ source: name, target }): Finding[] => {
      const reason = reasons.get(target);
      if (reason === undefined) return [];
      return [
        {
          code: 'column-unverified',
          about: { table: qualifiedName(pair.source), columns: [name], detail: reason },
          message: `Column ${name} could not be compared: ${reason}.`,
          hint: `Leave it out with --ignore-columns ${source?.name ?? ''}.${name}, or compare it by other means.`,
        },
      ];
    }),
  };
}
