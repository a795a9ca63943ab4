import { describe, expect, it } from 'vitest';
import { exitCodeOfResult } from '../../src/core/exit-code.js';
import type { RunResult, TableResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { listAnnotations } from '../../src/report/github/annotations.js';
import { parseSavedResult } from '../../src/report/saved-result.js';
import { formatTrend, formatTrendJson } from '../../src/report/trend-report.js';
import { sampleResult, sampleTable } from './sample-result.js';
import { sampleNights, waivedResult } from './waived-result.js';

const golden = (name: string): string => new URL(`golden/${name}`, import.meta.url).pathname;

describe('a run with waived rows', () => {
  it.each([
    ['table', 'waived.txt'],
    ['junit', 'waived.junit.xml'],
    ['markdown', 'waived.md'],
    ['prometheus', 'waived.prom'],
  ] as const)('is told by the report %s as the golden file has it', async (format, name) => {
    await expect(formatReport(waivedResult(), { format })).toMatchFileSnapshot(golden(name));
  });

  it('is never called verified, and its last line says how many rows there are', () => {
    for (const format of ['table', 'markdown', 'html'] as const) {
      const text = formatReport(waivedResult(), { format });
      expect(text).toContain('EQUAL BUT FOR 3 WAIVED ROWS');
      expect(text).not.toMatch(/VERIFIED:/);
    }
  });

  it('is a notice on GitHub, no error', () => {
    expect(listAnnotations(waivedResult())).toEqual([
      { kind: 'notice', title: 'Rowproof: waived', message: expect.stringContaining('3 WAIVED ROWS') },
    ]);
  });

  it('shows in HTML who accepted a row, as text', () => {
    const page = formatReport(waivedResult(), { format: 'html' });
    expect(page).toContain('<span class="tag waived">waived</span>');
    expect(page).toContain('ops &#60;ops@example&#62;');
    expect(page).not.toContain('<ops@example>');
    expect(page).toContain('Yes, if whoever signs accepts the rows too');
  });

  it('does not claim that all is equal where a table was only sampled', () => {
    const [users, other] = waivedResult().tables;
    const tables = [users, other].flatMap((each) => (each === undefined ? [] : [each]));
    const weaker = {
      ...waivedResult(),
      tables: tables.map((each, at) =>
        at === 0 ? each : { ...each, verdict: 'sampled' as const, mode: 'spot' as const },
      ),
    };
    expect(formatReport(weaker)).toMatch(
      /^NO DIFFERENCE FOUND BUT FOR 3 WAIVED ROWS: .*1 was sampled, 1 was waived/,
    );
  });

  it('ends with 0, and is read back as it was saved', () => {
    const result = waivedResult();
    expect(exitCodeOfResult(result)).toBe(0);
    expect(parseSavedResult(formatReport(result, { format: 'json' }), 'run.json')).toMatchObject({
      waivers: result.waivers,
    });
  });

  it.each([
    ['more rows are waived than differ', { waived: 4 }],
    ['not all of the rows are waived', { waived: 2 }],
    ['none is waived', { waived: 0 }],
  ])('is refused as a saved result where %s', (_title, change) => {
    const result = waivedResult();
    const tables = result.tables.map((table, at) => (at === 0 ? { ...table, ...change } : table));
    expect(() => parseSavedResult(JSON.stringify({ ...result, tables }), 'run.json')).toThrow(
      /contradicts itself/,
    );
  });
});

describe('a run against a baseline', () => {
  const known = sampleTable({ target: 'public.known', verdict: 'different', changed: 2, new: 0 });
  const row = {
    kind: 'changed' as const,
    key: { id: '1' },
    columns: ['a'],
    source: { a: '1' },
    target: { a: '2' },
  };
  const fresh = sampleTable({
    ...{ target: 'public.fresh', verdict: 'different', changed: 2, new: 1 },
    sample: [
      { ...row, new: true },
      { ...row, key: { id: '2' } },
    ],
  });
  const run = (tables: TableResult[], count: number, failsOnNew = true) =>
    sampleResult(tables, {
      baseline: { acceptedAt: '2026-01-31T02:00:00.000Z', known: 2, new: count, failsOnNew },
    });

  it('is skipped in JUnit where nothing is new, and fails for the tables in which something is', () => {
    const quiet = formatReport(run([known], 0), { format: 'junit' });
    expect(quiet).toContain('failures="0" errors="0"');
    expect(quiet).toContain('<skipped message="Known: 2 changed."/>');
    expect(quiet).toContain(
      '<skipped message="Known: 2 rows, none new against the baseline of 2026-01-31."/>',
    );
    const schema = sampleResult([known], {
      baseline: { acceptedAt: '2026-01-31T02:00:00.000Z', known: 3, new: 0, failsOnNew: true },
    });
    expect(formatReport(schema, { format: 'junit' })).toContain(
      'Known: 2 rows and 1 schema difference, none new against the baseline of 2026-01-31.',
    );
    const loud = formatReport(run([known, fresh], 1), { format: 'junit' });
    expect(loud).toContain('failures="1"');
    expect(loud).toMatch(/name="public\.fresh"[^>]*>\s*<failure/);
    expect(formatReport(run([known], 0, false), { format: 'junit' })).toContain('failures="1"');
  });

  it('is a notice on GitHub where nothing is new, and an error of the tables in which something is', () => {
    const kinds = (result: RunResult) => listAnnotations(result).map(({ kind, title }) => `${kind} ${title}`);
    expect(kinds(run([known], 0))).toEqual(['notice Rowproof: nothing new']);
    expect(kinds(run([known, fresh], 1))).toEqual(['error shop.customers → public.fresh differs']);
    expect(kinds(run([known], 0, false))).toEqual(['error shop.customers → public.known differs']);
  });

  it('shows which rows are new, and in which tables', () => {
    const result = run([known, fresh], 1);
    expect(formatReport(result)).toMatch(/public\.fresh +different .*\n +1 new/);
    expect(formatReport(result)).toMatch(/^changed, new +1 /m);
    expect(formatReport(result, { format: 'markdown' })).toContain('**different**, 1 new');
    expect(formatReport(result, { format: 'html' })).toContain('<span class="tag different">new</span>');
    expect(formatReport(result, { format: 'prometheus' })).toMatch(/^rowproof_new_differences\{.*\} 1$/m);
  });
});

describe('the exit code of a result with a baseline', () => {
  const [users] = waivedResult().tables;
  const run = (baseline: { known: number; new: number; failsOnNew: boolean }, open = 0) => {
    const coverage = { rows: 40, chunks: 2, unverifiedChunks: open };
    const tables = users === undefined ? [] : [{ ...users, verdict: 'different' as const, coverage }];
    return exitCodeOfResult(
      waivedResult({
        verdict: 'different',
        tables,
        baseline: { acceptedAt: '2026-01-01T00:00:00Z', ...baseline },
      }),
    );
  };

  it.each([
    [{ known: 3, new: 0, failsOnNew: true }, 0, 0],
    [{ known: 3, new: 0, failsOnNew: false }, 0, 1],
    [{ known: 2, new: 1, failsOnNew: true }, 0, 1],
    [{ known: 3, new: 0, failsOnNew: true }, 1, 3],
    [{ known: 2, new: 1, failsOnNew: true }, 1, 1],
  ])('%j, %i chunks unverified, is %i', (baseline, open, code) => {
    expect(run(baseline, open)).toBe(code);
  });
});

describe('the trend of a history', () => {
  it('is told for each table as the golden file has it', async () => {
    await expect(formatTrend(sampleNights(), 100)).toMatchFileSnapshot(golden('trend.txt'));
    expect(JSON.parse(formatTrendJson(sampleNights()))).toEqual({
      format: 'rowproof/trend@1',
      nights: sampleNights(),
    });
    expect(formatTrend([], 100)).toBe('The history holds no run.\n');
  });

  it('is a picture and a table of the HTML report, whose policy lets no other style in', () => {
    const page = formatReport(waivedResult(), { format: 'html', trend: sampleNights() });
    const section = page.slice(page.indexOf('<h2 id="trend">'), page.indexOf('<h2 id="tables">'));
    expect(section).toContain('aria-label="rows that differ in the last 5 runs: 0, 120, 121, 20,000, 3"');
    expect(section.match(/<tr>/g)).toHaveLength(6);
    expect(section).not.toMatch(/style=|NaN|undefined/);
  });

  it('is left out where there is one run alone', () => {
    const page = formatReport(waivedResult(), { format: 'html', trend: sampleNights().slice(0, 1) });
    expect(page).not.toContain('id="trend"');
  });
});
