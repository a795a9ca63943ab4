import type { ColumnRemark, RunResult } from '../../core/result.js';
import { emptyCase, type TestCase } from './test-case.js';

/**
 * What was left out, allowed or taken on the user's word, a skipped test case each: without them a run that compared
 * less than before would look like one that compared all.
 */
export function listLeftOut({
  excluded,
  conditions,
  relaxations,
  assumptions,
}: RunResult['scope']): TestCase[] {
  return [
    ...excluded.map((name) => skip(`${name} (excluded)`, 'Excluded on request.')),
    ...(conditions ?? []).map(({ table, source, target }) => {
      const sql = `${source ?? 'all rows'}${source === target ? '' : ` (on the target: ${target})`}`;
      return skip(`${table} (rows outside of --where)`, `Only the rows were compared where ${sql}`);
    }),
    ...listRemarks(relaxations ?? [], 'relaxed'),
    ...listRemarks(assumptions ?? [], 'taken on request'),
  ];
}

function listRemarks(columns: readonly ColumnRemark[], words: 'relaxed' | 'taken on request'): TestCase[] {
  const begin = words === 'relaxed' ? 'Allowed to differ on request' : 'Taken on request';
  return columns.map(({ column, remarks }) =>
    skip(`${column} (${words})`, `${begin}: ${remarks.join(', ')}`),
  );
}

function skip(name: string, message: string): TestCase {
  return { ...emptyCase('left-out', name), skipped: message };
}
