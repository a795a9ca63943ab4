import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import type { RunResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { formatTableReport } from '../../src/report/table-report.js';
import { textWidth } from '../../src/report/wrap-text.js';
import { mixedResult, sampleResult, sampleTable } from './sample-result.js';

const PLAIN = { color: false, width: 140 };

function reportOf(differences: readonly RowDifference[], changes = {}): string {
  const table = sampleTable({
    verdict: 'different',
    changed: differences.length,
    sample: differences,
    ...changes,
  });
  return formatTableReport(sampleResult([table]), PLAIN);
}

function changedRow(source: RowDifference['source'], target: RowDifference['target']): RowDifference {
  return { kind: 'changed', key: { id: '1' }, columns: Object.keys(source ?? {}), source, target };
}

describe('the table report', () => {
  it('begins with the verdict and both sides', () => {
    const [verdict, source, target] = formatTableReport(mixedResult(), PLAIN).split('\n');
    expect(verdict).toBe('DIFFERENT: 3 of 6 tables differ, and 2 of 6 tables were not fully checked.');
    expect(source).toBe('source: MySQL 8.4.3 at mysql://checker@db-old.example:3306/shop');
    expect(target).toBe('target: PostgreSQL 17.2 at postgres://checker@db-new.example:5432/shop');
  });

  it('says verified in words that claim no more than was proved', () => {
    const report = formatTableReport(sampleResult([sampleTable()]), PLAIN);
    expect(report).toMatch(/^VERIFIED: 1 table holds the same rows on both sides\.\n/);
    expect(report).toContain('Never checked by this run: sequences, indexes, views, grants');
    expect(report).toContain('as it stood at the moment it was read');
    expect(report.trimEnd().split('\n').at(-1)).toMatch(/^VERIFIED: .*nothing unverified/);
  });

  it('gives each table pair one row with verdict, counts and what told its rows apart', () => {
    const report = formatTableReport(mixedResult(), PLAIN);
    expect(report).toMatch(
      /shop\.orders → public\.orders +different +48,211,007 +48,211,006 +2 +1 +1,210 +3 +id/,
    );
    expect(report).toMatch(/shop\.items → public\.items +verified +1,204,331 +1,204,331 +0 +0 +0 +0 +id/);
  });

  it('shows no zero for a table that nobody read', () => {
    expect(formatTableReport(mixedResult(), PLAIN)).toMatch(
      /shop\.areas → public\.areas +unverified( +–){6} +not read/,
    );
  });

  it('puts tables that need attention first', () => {
    const report = formatTableReport(mixedResult(), PLAIN);
    expect(report.indexOf('shop.orders →')).toBeLessThan(report.indexOf('shop.areas →'));
    expect(report.indexOf('shop.areas →')).toBeLessThan(report.indexOf('shop.customers →'));
  });

  it.each([72, 80, 100, 140])('fits its tables into %i columns without losing a name', (width) => {
    const report = formatTableReport(mixedResult(), { ...PLAIN, width });
    const body = report.trimEnd().split('\n').slice(3, -1);
    expect(Math.max(...body.map(textWidth))).toBeLessThanOrEqual(width);
    const joined = report.replace(/\s+/g, '');
    expect(joined).toContain('public.order_line_discount_allocations');
    expect(report).not.toMatch(/allocat…/);
  });

  it('shows changed values side by side, NULL apart from the text NULL', () => {
    const report = reportOf([
      changedRow({ status: null, total: '1.10' }, { status: 'NULL', total: '1.1001' }),
    ]);
    expect(report).toMatch(/changed +1 +status +NULL +'NULL'\n +total +1\.10 +1\.1001\n/);
  });

  it('gives missing and extra rows one line with their key', () => {
    const report = formatTableReport(mixedResult(), PLAIN);
    expect(report).toMatch(/\nmissing +17 +\(row\) +\(no row\)\n/);
    expect(report).toMatch(/\nextra +48211999 +\(no row\) +\(row\)\n/);
  });

  it('counts the differing rows it does not show', () => {
    expect(formatTableReport(mixedResult(), PLAIN)).toContain(
      '… and 1,208 more; --differences PATH writes every one',
    );
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...changedRow({ a: 'x' }, { a: 'y' }),
      key: { id: `${index}` },
    }));
    const report = reportOf(many);
    expect(report.match(/\nchanged /g)).toHaveLength(10);
    expect(report).toContain('… and 30 more');
  });

  it('lists the columns of a wide row only as far as the screen goes, and counts the rest', () => {
    const columns = Array.from({ length: 30 }, (_, index) => [`c${index}`, `${index}`]);
    const report = reportOf([changedRow(Object.fromEntries(columns), Object.fromEntries(columns))]);
    expect(report).toContain('… and 22 more');
  });

  it('shows columns with the names of object properties', () => {
    const report = reportOf([
      {
        ...changedRow({}, {}),
        columns: ['constructor'],
        source: { constructor: 'a' },
        target: { constructor: 'b' },
      },
    ]);
    expect(report).toMatch(/constructor +'a' +'b'/);
  });

  it('neutralises escape sequences in names, values, keys and messages', () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\u202egnp';
    const table = sampleTable({
      source: `shop.${evil}`,
      target: `public.${evil}`,
      verdict: 'different',
      key: [evil],
      changed: 1,
      changedColumns: { [evil]: 1 },
      columns: [{ source: evil, target: evil, compared: false, reason: evil }],
      findings: [{ code: 'column-unverified', message: evil, hint: evil }],
      sample: [
        {
          kind: 'changed',
          key: { [evil]: evil },
          columns: [evil],
          source: { [evil]: evil },
          target: { [evil]: 'x' },
        },
      ],
    });
    const result = sampleResult([table], {
      scope: {
        notChecked: [evil],
        excluded: [evil],
        conditions: [{ table: evil, source: evil, target: null }],
        relaxations: [{ column: evil, remarks: [evil] }],
        assumptions: [{ column: evil, remarks: [evil] }],
      },
    });
    const hostile = { ...result, source: { ...result.source, version: evil, url: evil } };
    const report = formatTableReport(hostile, PLAIN);
    expect(report).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(stripVTControlCharacters(report)).toBe(report);
    expect(report).toContain('\\u{1b}[2J');
  });

  it('lists under scope how columns were relaxed and what was taken on trust', () => {
    const { scope } = sampleResult([]);
    const relaxations = [{ column: 'shop.customers.name', remarks: ['trim', 'ignoreCase'] }];
    const assumptions = [{ column: 'shop.orders.at', remarks: ['time zone Europe/Berlin on the source'] }];
    const lines = formatTableReport(
      sampleResult([sampleTable()], { scope: { ...scope, relaxations, assumptions } }),
      PLAIN,
    ).split('\n');
    expect(lines).toContain('  Relaxed on request: shop.customers.name (trim, ignoreCase)');
    expect(lines).toContain('  Taken on request: shop.orders.at has time zone Europe/Berlin on the source');
    expect(lines).toContain('  Points in time are shown in UTC.');
    const { relaxations: _, assumptions: __, ...older } = scope;
    const saved = { ...sampleResult([sampleTable()]), scope: older } as RunResult;
    expect(formatTableReport(saved, PLAIN)).not.toContain('on request: shop.customers.name');
  });

  it('shows every finding with code and hint, and columns that were not compared', () => {
    const report = formatTableReport(mixedResult(), PLAIN);
    expect(report).toContain('[missing-table] shop.audit_log has no partner on the target.');
    expect(report).toContain(
      "[table-unreadable] Cannot read public.areas on the target: SELECT denied to 'checker'.",
    );
    expect(report).toContain('→ Grant SELECT, or leave the table out with --exclude shop.areas.');
    expect(report).toContain('shop.orders → public.orders: area (geometry has no rule to compare it)');
    expect(report).toContain('Excluded on request: shop.sessions, *.updated_at');
  });

  it('names the first twenty of what was left out, and counts the others', () => {
    const excluded = Array.from({ length: 25 }, (_, i) => `s.t${i + 1}`);
    const { scope } = sampleResult([sampleTable()]);
    const report = formatTableReport(sampleResult([sampleTable()], { scope: { ...scope, excluded } }), PLAIN);
    expect(report.replaceAll(/\s+/g, ' ')).toMatch(/Excluded on request: s\.t1, .* s\.t20 and 5 more Never/);
    expect(report).not.toContain('s.t21');
  });

  it('says what held the run back, and nothing where nothing did', () => {
    const load = { maxRowsPerSecond: 20_000, maxBytesPerSecond: null, maxLoad: 25, pausedMs: 3004 };
    expect(formatTableReport(sampleResult([sampleTable()], { load }), PLAIN)).toContain(
      '  Read at most 20,000 rows a second of each side; paused for 3.0 s by more than 25 statements at work on a server.\n',
    );
    const onlyLoad = { ...load, maxRowsPerSecond: null };
    expect(formatTableReport(sampleResult([sampleTable()], { load: onlyLoad }), PLAIN)).toContain(
      '  Paused for 3.0 s by more than 25 statements',
    );
    expect(formatTableReport(sampleResult([sampleTable()]), PLAIN)).not.toMatch(/at most|aused/);
  });

  it('tells of unverified chunks even where no finding does', () => {
    const table = sampleTable({
      verdict: 'unverified',
      coverage: { rows: 1, chunks: 9, unverifiedChunks: 2 },
    });
    const report = formatTableReport(sampleResult([table]), PLAIN);
    expect(report).toContain('shop.customers → public.customers: 2 of 9 chunks could not be compared');
  });

  it('leaks no value when values are hidden, whatever the sample still holds', () => {
    const secret = changedRow({ ssn: 'SECRET-1' }, { ssn: 'SECRET-2' });
    const extra: RowDifference = {
      kind: 'extra',
      key: { id: '2' },
      columns: ['ssn'],
      source: null,
      target: { ssn: 'SECRET-3' },
    };
    const table = sampleTable({ verdict: 'different', changed: 1, extra: 1, sample: [secret, extra] });
    const report = formatReport(sampleResult([table]), { ...PLAIN, showValues: false });
    expect(report).not.toContain('SECRET');
    expect(report).toMatch(/changed +1 +ssn\n/);
    expect(report).toMatch(/extra +2 +\(no row\) +\(row\)\n/);
  });

  it('colours only when asked, and says the same either way', () => {
    const colored = formatTableReport(mixedResult(), { ...PLAIN, color: true });
    const plain = formatTableReport(mixedResult(), PLAIN);
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored).replace(/ +$/gm, '')).toBe(plain);
  });
});
