import type { Finding } from '../core/finding.js';
import { isConditional, qualifiedName } from '../core/pairing.js';
import type { RowCounts } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';

/**
 * Says of a table that was read to its end that no row met the user's condition: nothing was compared, and the verdict
 * alone sounds as if something had been.
 */
export function describeEmptyCondition(
  { pair }: PlannedTable,
  { sourceRows, targetRows }: Pick<RowCounts, 'sourceRows' | 'targetRows'>,
): Finding[] {
  if (pair === null || !isConditional(pair)) return [];
  if (sourceRows > 0 || targetRows > 0) return [];
  return [
    {
      code: 'condition-empty',
      about: { table: qualifiedName(pair.target) },
      message: 'No row of either side meets the condition: none was compared.',
      hint: 'See under Scope what the condition is; --where and --target-where say it.',
    },
  ];
}
