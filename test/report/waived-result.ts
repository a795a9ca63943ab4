import type { RunResult } from '../../src/core/result.js';
import type { Night } from '../../src/core/trend.js';
import { sampleResult, sampleTable } from './sample-result.js';

const MARK = { owner: 'ops <ops@example>', reason: 'pilot rows | OPS-12', expires: '2026-12-31' };

/** A run in which every difference was accepted. */
export function waivedResult(changes: Partial<RunResult> = {}): RunResult {
  const users = sampleTable({
    source: 'shop.users',
    target: 'public.users',
    verdict: 'waived',
    sourceRows: 40,
    targetRows: 39,
    missing: 1,
    changed: 2,
    waived: 3,
    changedColumns: { name: 2 },
    sample: [
      { kind: 'missing', key: { id: '7' }, columns: ['id'], source: { id: '7' }, target: null, waived: MARK },
      ...['3', '4'].map((id) => ({
        kind: 'changed' as const,
        key: { id },
        columns: ['name'],
        source: { name: 'Ann' },
        target: { name: 'ANN' },
        waived: MARK,
      })),
    ],
  });
  const result = sampleResult([users, sampleTable()], {
    verdict: 'waived',
    waivers: [
      { table: 'public.users', ...MARK, rows: 1 },
      { table: 'public.users', ...MARK, cause: { column: 'name', code: 'letter-case' }, rows: 2 },
    ],
    ...changes,
  });
  return { ...result, totals: { ...result.totals, waived: 3 } };
}

/** Some nights of a table, of which one cannot be told of. */
export function sampleNights(): Night[] {
  const known = [
    [0, 0, 0, 0],
    [120, 120, 0, 0],
    [121, 1, 120, 0],
    [20_000, null, null, null],
    [3, 0, 3, 118],
  ] as const;
  return known.map(([differing, fresh, persisting, healed], at) => ({
    startedAt: `2026-01-0${at + 1}T02:00:00.000Z`,
    verdict: differing === 0 ? 'verified' : 'different',
    source: 'mysql://old/shop',
    target: 'postgres://new/shop',
    tables: [
      {
        ...{ table: 'public.users', verdict: differing === 0 ? 'verified' : 'different' },
        ...{ differing, waived: 0, new: fresh, persisting, again: persisting === null ? null : 0, healed },
      },
    ],
  }));
}
