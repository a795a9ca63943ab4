import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import type { TableResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { formatTableReport } from '../../src/report/table-report.js';
import { sampleResult, sampleTable } from './sample-result.js';

const PLAIN = { color: false, width: 100 };

function diagnosis(column: string, changes: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: 'time-shift',
    confidence: 'proved',
    columns: [column],
    rows: 400,
    evidence: {
      detail: '5 hours later',
      of: 412,
      examples: [{ key: { id: '7' }, column, source: '2020-01-01 00:00:00', target: '2020-01-01 05:00:00' }],
    },
    ...changes,
  };
}

const differing = (name: string, ...diagnoses: readonly Diagnosis[]): TableResult =>
  sampleTable({
    source: `shop.${name}`,
    target: `public.${name}`,
    verdict: 'different',
    changed: 412,
    changedColumns: Object.fromEntries(
      diagnoses.flatMap(({ columns }) => columns.map((each) => [each, 412])),
    ),
    diagnoses,
  });
const reportOf = (tables: readonly TableResult[], options = PLAIN): string =>
  formatTableReport(sampleResult(tables), options);

describe('a cause that several tables have', () => {
  const tables = [
    differing('orders', diagnosis('paid_at'), diagnosis('sent_at', { rows: 412, confidence: 'likely' })),
    differing('items', diagnosis('at')),
    differing(
      'notes',
      diagnosis('at'),
      diagnosis('word', { cause: 'letter-case', evidence: { detail: '', of: 412, examples: [] } }),
    ),
  ];

  it('is told once, with the rows of each table and one example', () => {
    const report = reportOf(tables);
    expect(report).toContain(
      [
        'Why, in several tables',
        '  constant time shift, 5 hours later: in 3 tables',
        '    public.orders: paid_at: 400 of 412 changed rows (proved)',
        '    public.orders: sent_at: 412 of 412 changed rows (likely)',
        '    public.items: at: 400 of 412 changed rows (proved)',
        '    public.notes: at: 400 of 412 changed rows (proved)',
        "    public.orders, key 7: '2020-01-01 00:00:00' → '2020-01-01 05:00:00'",
      ].join('\n'),
    );
    expect(report.match(/→ '2020-01-01 05:00:00'/g)).toHaveLength(1);
  });

  it('is referred to in each, beside the causes of its own and the rows that are left', () => {
    expect(reportOf(tables)).toContain(
      [
        'Why',
        '  as told above: constant time shift, 5 hours later',
        '  at: 12 of 412 changed rows: no known cause',
        '  word: 400 of 412 changed rows: letter case (proved)',
      ].join('\n'),
    );
  });

  it('stays with its tables where there are two, or where the detail is another', () => {
    expect(reportOf(tables.slice(0, 2))).not.toContain('in several tables');
    const other = diagnosis('at', { evidence: { detail: '6 hours later', of: 412, examples: [] } });
    expect(reportOf([...tables.slice(0, 2), differing('notes', other)])).not.toContain('in several tables');
  });

  it('names twelve places and counts the others', () => {
    const many = Array.from({ length: 20 }, (_, i) => differing(`t${i}`, diagnosis('at')));
    const report = reportOf(many, { ...PLAIN, width: 72 });
    expect(report).toContain('in 20 tables\n    public.t0: at: 400');
    expect(report).toContain('    … and 8 more; --report json=PATH writes every one');
  });

  it('shows no example where values are hidden', () => {
    const report = formatReport(sampleResult(tables), { showValues: false });
    expect(report).toContain('5 hours later');
    expect(report).not.toContain('05:00:00');
  });
});
