import { describe, expect, it } from 'vitest';
import type { Fence } from '../../src/core/fence.js';
import type { RunPlan, TablePlan } from '../../src/core/plan.js';
import { READ_RATES } from '../../src/core/plan-estimate.js';
import { formatPlan } from '../../src/report/plan-report.js';

const GB = 1_000_000_000;
const TABLE: TablePlan = {
  ...{ source: 'shop.orders', target: 'public.orders', mode: 'full', ratio: 1, strategy: 'range' },
  ...{ key: [{ source: 'id', target: 'id', order: 'int' }], checksum: { on: 'client', reason: null } },
  ...{ unwalkable: null, segments: 16, columns: [], sql: null, findings: [] },
  isEmpty: { source: false, target: false },
  estimatedRows: 20_000_000,
  estimatedBytes: { source: 3.1 * GB, target: 0.5 * GB },
  isAtLeast: { source: false, target: false },
  estimatedSeconds: { least: 16, most: 155 },
  fence: null,
};
const SIDE = { engine: 'mysql', product: 'MySQL', version: '8.4.3', url: 'mysql://db:3306/shop' } as const;
const NO_LIMITS = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };

function linesOf(tables: readonly TablePlan[], estimate: Partial<RunPlan['estimate']> = {}): string[] {
  const plan: RunPlan = {
    ...{ format: 'rowproof/plan@2', mode: 'full', source: SIDE, target: SIDE, excluded: [] },
    ...{ expected: null, tables, findings: [] },
    estimate: {
      rows: 20_000_000,
      bytes: { source: 3.1 * GB, target: 0.5 * GB },
      seconds: { least: 16, most: 155 },
      isAtLeast: { source: false, target: false },
      isAtMost: false,
      unknown: { rows: 0, bytes: 0, seconds: 0 },
      rates: READ_RATES,
      limits: NO_LIMITS,
      ...estimate,
    },
  };
  return formatPlan(plan).split('\n');
}

const timeOf = (least: number, most: number): string =>
  linesOf([{ ...TABLE, estimatedSeconds: { least, most } }])
    .find((line) => line.startsWith('shop.orders'))
    ?.replace(/.*; (.*)\)$/, '$1') ?? '';

describe('the head of a plan', () => {
  it('names engine, version and place of each side', () => {
    expect(linesOf([TABLE]).slice(1, 3)).toEqual([
      'source: MySQL 8.4.3 at mysql://db:3306/shop',
      'target: MySQL 8.4.3 at mysql://db:3306/shop',
    ]);
  });
});

describe('the size of a plan', () => {
  it('stands behind each table and above all of them, with what the time rests on', () => {
    const lines = linesOf([TABLE]);
    expect(lines).toContain(
      'shop.orders → public.orders (about 20,000,000 rows; 3.1 GB on the source, 500 MB on the target; 1 to 3 min)',
    );
    expect(lines[3]).toBe(
      'to read: about 20,000,000 rows; 3.1 GB on the source, 500 MB on the target; 1 to 3 min',
    );
    expect(lines[4]).toBe(
      '  The time assumes that each side sends 200,000 to 2,000,000 rows and 20 to 200 MB a second, whatever the workers, and that few rows differ.',
    );
  });

  it.each([
    [0.1, 59, 'less than a minute'],
    [50, 500, '1 to 8 min'],
    [1800, 18_000, '30 min to 5.0 h'],
    [20_000, 200_000, '5.6 to 56 h'],
    [3000, 3010, 'about 50 min'],
  ])('has no more digits than an estimate may: %d to %d s are %s', (least, most, said) => {
    expect(timeOf(least, most)).toBe(said);
  });

  it('is said to be more where a side stores values compressed, and why', () => {
    const isAtLeast = { source: false, target: true };
    const lines = linesOf([{ ...TABLE, isAtLeast }], { isAtLeast });
    expect(lines[3]).toBe(
      'to read: about 20,000,000 rows; 3.1 GB on the source, at least 500 MB on the target; 1 to 3 min or more',
    );
    expect(lines[5]).toMatch(/^ {2}At least: .* long values are stored compressed; they are sent whole/);
    const short = linesOf([{ ...TABLE, isAtLeast, estimatedSeconds: { least: 0.1, most: 5 } }]);
    expect(short.find((line) => line.startsWith('shop.orders'))).toMatch(/; seconds or more\)$/);
    expect(linesOf([TABLE]).join()).not.toMatch(/at least|or more/i);
  });

  it('says unknown for what is unknown, and what is not in the sums', () => {
    const unknown: TablePlan = {
      ...TABLE,
      isEmpty: { source: false, target: false },
      estimatedRows: null,
      estimatedBytes: { source: null, target: 4000 },
      estimatedSeconds: null,
    };
    const lines = linesOf([TABLE, unknown], { unknown: { rows: 1, bytes: 1, seconds: 1 } });
    expect(lines).toContain(
      'shop.orders → public.orders (rows unknown; an unknown size on the source, 4 kB on the target; time unknown)',
    );
    expect(lines[4]).toBe(
      '  not in it: the rows of 1 table, bytes of 1 table, the time of 1 table, which the servers do not tell',
    );
    const nothing = { source: null, target: null };
    expect(linesOf([unknown], { rows: null, bytes: nothing, seconds: null })[3]).toBe(
      'to read: rows unknown; size unknown; time unknown',
    );
  });

  it('says how much is sampled, what a condition leaves out, what limits hold and who hashes', () => {
    const limits = { maxRowsPerSecond: 20_000, maxBytesPerSecond: null, maxLoad: 25 };
    const table: TablePlan = { ...TABLE, mode: 'spot', ratio: 0.05, checksum: { on: 'auto', reason: null } };
    const lines = linesOf([table], { limits, isAtMost: true });
    expect(lines).toContain('  would be sampled: about 5% of its rows');
    expect(lines[3]).toMatch(/; 1 to 3 min at most, because conditions leave rows out$/);
    expect(lines[4]).toMatch(/each side sends or hashes 200,000/);
    expect(lines[4]).toMatch(
      /differ; no more than 20,000 rows a second are read, as asked; pauses for --max-load are not in it\.$/,
    );
  });

  it('has no time where tables are counted, and is not there where nothing is read', () => {
    const counted: TablePlan = { ...TABLE, mode: 'count', strategy: 'count', estimatedSeconds: null };
    const lines = linesOf([counted], { seconds: null, unknown: { rows: 0, bytes: 0, seconds: 1 } });
    expect(lines[3]).toMatch(/^to count: about 20,000,000 rows; /);
    expect(lines[4]).toBe('  not in it: the time that servers take to count 1 table');
    expect(lines.find((line) => line.startsWith('shop.orders'))).not.toContain('time');
    expect(linesOf([{ ...TABLE, strategy: null }]).join('\n')).not.toContain('to read:');
  });
});

describe('the fences of a plan', () => {
  const fence: Fence = {
    ...({ way: 'gtid', reachedOn: 'target', order: 'global', details: {} } as const),
    statements: { position: 'SELECT @@gtid', reached: 'SELECT gtid_wait(…)' },
  };
  const without = (reason: string, grant: string | null = null): TablePlan => ({
    ...TABLE,
    fence: { kind: 'none', reason, grant },
  });

  it('are named with what is asked', () => {
    const lines = linesOf([{ ...TABLE, fence: { kind: 'fence', fence } }]);
    expect(lines).toContain('  rows that differ would be looked at behind a fence: gtid');
    expect(lines).toContain('    position: SELECT @@gtid');
    expect(lines).toContain('    reached: SELECT gtid_wait(…)');
  });

  it('are said not to be, once for all tables', () => {
    const lines = linesOf([without('the target is no replica'), without('the target is no replica')]);
    expect(lines.filter((line) => line.includes('no replica'))).toEqual([
      'No fence: the target is no replica. Rows that differ would be looked at for a time where somebody writes.',
    ]);
  });

  it('are said to be missing with the grant, and with the filter that leaves a table out', () => {
    const lines = linesOf([
      without('the account may not see it', 'GRANT SLAVE MONITOR ON *.* TO x'),
      { ...TABLE, fence: { kind: 'left-out', side: 'target', filter: 'replicate_do_db=other' } },
    ]);
    expect(lines).toContain('  no fence, because the account may not see it');
    expect(lines).toContain('    → GRANT SLAVE MONITOR ON *.* TO x');
    expect(lines).toContain('  not replicated as a whole, by the target: replicate_do_db=other');
    expect(lines.join('\n')).not.toContain('No fence:');
  });
});
