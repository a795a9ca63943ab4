import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import type { Finding } from '../../src/core/finding.js';
import { type Baseline, formatBaseline, parseBaseline } from '../../src/history/baseline.js';
import { KnownDifferences, listSchemaDifferences } from '../../src/history/known-differences.js';
import { RowDigester } from '../../src/secrets/row-digest.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';

const digester = new RowDigester(null, 'history');
const row = (name: string): RowDifference => ({
  kind: 'changed',
  key: { id: '1' },
  columns: ['name'],
  source: { name: 'a' },
  target: { name },
});
const gone = (table: string): Finding => ({
  code: 'missing-table',
  about: { table },
  message: `${table} has no partner on the target.`,
  hint: '',
});
const result = (...tables: string[]) =>
  sampleResult([sampleTable({ verdict: 'different', findings: tables.map(gone) })]);

const baseline: Baseline = {
  format: 'rowproof/baseline@1',
  acceptedAt: '2026-01-01T00:00:00.000Z',
  because: 'b',
  differences: 2,
  run: { startedAt: '', source: '', target: '', verdict: 'different' },
  secret: null,
  earlier: [],
  tables: { 'public.t': [digester.digest('public.t', row('b')).state] },
  schema: listSchemaDifferences(result('shop.a'), digester),
};

function compare(known: Baseline | null, rows: readonly [string, RowDifference][], tables: string[] = []) {
  const comparing = new KnownDifferences({ baseline: known, digester, failsOnNew: true });
  for (const [table, each] of rows) comparing.add(table, each);
  return comparing.judge(result(...tables)).baseline;
}

describe('differences against a baseline', () => {
  it('are known where the row differs as it did then, in that table', () => {
    expect(compare(baseline, [['public.t', row('b')]])).toMatchObject({ known: 1, new: 0 });
    expect(compare(baseline, [['public.t', row('c')]])).toMatchObject({ known: 0, new: 1 });
    expect(compare(baseline, [['public.u', row('b')]])).toMatchObject({ known: 0, new: 1 });
  });

  it('are neither where they are waived', () => {
    const waived = { ...row('c'), waived: { owner: 'o', reason: 'r', expires: '2026-01-01' } };
    expect(compare(baseline, [['public.t', waived]])).toMatchObject({ known: 0, new: 0 });
  });

  it('count copies of a row that has no key', () => {
    const copies = { ...row('c'), key: null, sourceCopies: 5, targetCopies: 2 };
    expect(compare(baseline, [['public.t', copies]])).toMatchObject({ new: 3 });
  });

  it('are all new without one', () => {
    expect(compare(null, [['public.t', row('b')]], ['shop.a'])).toEqual({
      ...{ acceptedAt: null, known: 0, new: 2, failsOnNew: true },
    });
  });

  it('of the schema are known one by one', () => {
    expect(compare(baseline, [], ['shop.a'])).toMatchObject({ known: 1, new: 0 });
    expect(compare(baseline, [], ['shop.a', 'shop.b'])).toMatchObject({ known: 1, new: 1 });
  });
});

describe('the text of a baseline', () => {
  it('is read back', () => expect(parseBaseline(formatBaseline(baseline))).toEqual(baseline));

  it.each(['', '[]', '{"format":"rowproof/baseline@2"}', formatBaseline(baseline).slice(0, -9)])(
    'is none where it is %j',
    (text) => expect(parseBaseline(text)).toBeNull(),
  );
});
