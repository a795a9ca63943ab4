import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import type { TableResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { parseSavedResult } from '../../src/report/saved-result.js';
import { formatTableReport } from '../../src/report/table-report.js';
import { sampleResult, sampleTable } from './sample-result.js';

const PLAIN = { color: false, width: 100 };

const cut: Diagnosis = {
  cause: 'cut-at-four-byte-character',
  confidence: 'likely',
  columns: ['status'],
  rows: 400,
  evidence: {
    detail: '',
    of: 412,
    examples: [{ key: { id: '7' }, column: 'status', source: 'paid 😀 at once', target: 'paid ' }],
  },
};
const tail: Diagnosis = {
  cause: 'missing-tail',
  confidence: 'proved',
  columns: [],
  rows: 3,
  evidence: { detail: 'from key 1001 on', of: 3, examples: [] },
};

const differing = (diagnoses: readonly Diagnosis[]): TableResult =>
  sampleTable({ verdict: 'different', changed: 412, missing: 3, changedColumns: { status: 412 }, diagnoses });
const reportOf = (diagnoses: readonly Diagnosis[], options = PLAIN): string =>
  formatTableReport(sampleResult([differing(diagnoses)]), options);

describe('diagnoses in the table report', () => {
  it('stand under the changed columns with counts, confidence, an example and what is left', () => {
    expect(reportOf([cut, tail])).toContain(
      [
        'Why',
        '  status: 400 of 412 changed rows: cut at the first 4-byte character (likely)',
        "    key 7: 'paid 😀 at once' → 'paid␠'",
        '  status: 12 of 412 changed rows: no known cause',
        '  3 of 3 missing rows: the last rows are missing, from key 1001 on (proved)',
      ].join('\n'),
    );
  });

  it('name the relaxation that would allow them, in words that a shell takes as they are', () => {
    const rounded: Diagnosis = {
      ...cut,
      ...{ cause: 'time-precision', confidence: 'proved', rows: 412, relaxation: 'roundTo=ms' },
    };
    const columns = [{ source: 'Status', target: 'status', compared: true }];
    const table = { ...differing([rounded]), columns };
    expect(formatTableReport(sampleResult([table]), PLAIN)).toContain(
      '    to allow it: --relax shop.customers.Status:roundTo=ms',
    );
    const hostile = { ...rounded, columns: ['$(id)'], relaxation: 'roundTo=ms;id' };
    expect(reportOf([hostile])).toContain('    to allow it: --relax TABLE.COLUMN:HOW');
    expect(reportOf([cut])).not.toContain('to allow it');
  });

  it('show the parts of a key that changed in the row of the example', () => {
    const moved = (examples: Diagnosis['evidence']['examples'], columns: readonly string[]): Diagnosis => ({
      ...{ cause: 'key-changed', confidence: 'proved', columns, rows: 2 },
      evidence: { detail: 'all other columns are equal', of: 2, examples },
    });
    const [one, other] = ['1', '2'].map((line) => ({
      key: { order: '7', line },
      source: line,
      column: 'line',
    }));
    const examples = [
      { ...one, target: '11' },
      { ...other, target: '12' },
    ] as Diagnosis['evidence']['examples'];
    expect(reportOf([moved(examples, ['line'])])).toContain('    key 7, 1: 1 → 11\n');
    const both = [{ key: { order: '7', line: '1' }, column: 'order', source: '7', target: '8' }, ...examples];
    expect(reportOf([moved(both, ['order', 'line'])])).toContain('    key 7, 1: order 7 → 8, line 1 → 11\n');
  });

  it('are not mentioned where there is none', () => {
    expect(reportOf([])).not.toContain('Why');
  });

  it('show no example where values are hidden', () => {
    const report = formatReport(sampleResult([differing([cut])]), { showValues: false });
    expect(report).toContain('cut at the first 4-byte character (likely)');
    expect(report).not.toContain('at once');
    const json = formatReport(sampleResult([differing([cut])]), { format: 'json', showValues: false });
    expect(json).not.toContain('at once');
  });

  it('cannot be used to repaint a terminal', () => {
    const evil = '\u001b[2J\u202e';
    const hostile: Diagnosis = {
      ...cut,
      columns: [evil],
      evidence: {
        detail: evil,
        of: 412,
        examples: [{ key: { [evil]: evil }, column: evil, source: evil, target: 'x' }],
      },
    };
    expect(reportOf([hostile])).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  });

  it('fit the width, and are cut off after twelve', () => {
    const report = reportOf(
      Array.from({ length: 15 }, (_, i) => ({ ...cut, columns: [`a_rather_long_column_name_${i}`] })),
      { ...PLAIN, width: 72 },
    );
    expect(report).toContain('… and 3 more; --report json=PATH writes every one');
    const body = report.trimEnd().split('\n').slice(3, -1);
    expect(Math.max(...body.map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  it('are shown again from a saved result, also one that has none', () => {
    const result = sampleResult([differing([cut])]);
    expect(formatTableReport(parseSavedResult(JSON.stringify(result), 'run.json'), PLAIN)).toContain(
      '4-byte character',
    );
    const { diagnoses: _, ...older } = differing([]);
    const saved = JSON.stringify({ ...result, tables: [older] });
    expect(formatTableReport(parseSavedResult(saved, 'run.json'), PLAIN)).toContain('412 changed');
    expect(() =>
      parseSavedResult(JSON.stringify({ ...result, tables: [{ ...older, diagnoses: 'x' }] }), 'run.json'),
    ).toThrow('incomplete');
  });
});
