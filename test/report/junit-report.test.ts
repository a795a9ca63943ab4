import { parse, type TestCase } from 'junit2json';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { formatUnfinished } from '../../src/report/unfinished-report.js';
import { HOSTILE_TEXTS, hostileResult } from './hostile-result.js';
import { mixedResult, sampleResult, sampleTable, unfinishedRun } from './sample-result.js';

const render = (result: RunResult, showValues = true): string =>
  formatReport(result, { format: 'junit', showValues });

/** What a strict XML reader and a reader of JUnit make of a report. */
async function readBack(xml: string) {
  const suites = await parse(xml);
  if (suites === null || suites === undefined || !('testsuite' in suites)) throw new Error('no suites');
  const [suite] = suites.testsuite ?? [];
  if (suite === undefined) throw new Error('no suite');
  return { suite, cases: suite.testcase ?? [] };
}

const outcomesOf = ({ name, failure, error, skipped }: TestCase) => [
  name,
  [...(failure ? ['failure'] : []), ...(error ? ['error'] : []), ...(skipped ? ['skipped'] : [])].join('+') ||
    'pass',
];

describe('the JUnit report', () => {
  it('is the golden file', async () => {
    await expect(render(mixedResult())).toMatchFileSnapshot('golden/mixed.junit.xml');
  });

  it('has a test case for each table, of which what differs fails and what was not checked is an error', async () => {
    const { suite, cases } = await readBack(render(mixedResult()));
    expect(cases.map(outcomesOf)).toEqual([
      ['public.customers', 'pass'],
      ['public.orders', 'failure'],
      ['public.items', 'pass'],
      ['public.order_line_discount_allocations', 'failure'],
      ['public.areas', 'error'],
      ['shop.audit_log', 'failure'],
      ['the run', 'pass'],
      ['shop.sessions (excluded)', 'skipped'],
      ['*.updated_at (excluded)', 'skipped'],
    ]);
    expect(suite).toMatchObject({ tests: 9, failures: 3, errors: 1, skipped: 2 });
    const orders = cases.find(({ name }) => name === 'public.orders');
    expect(JSON.stringify(orders?.failure)).toMatch(/Not fully checked: .*\\n\\n.*orders/);
  });

  it('never passes what was sampled, counted, left out or allowed', async () => {
    const result = sampleResult(
      [
        sampleTable({ verdict: 'sampled', mode: 'spot' }),
        sampleTable({ target: 'public.b', verdict: 'counted' }),
      ],
      {
        verdict: 'counted',
        scope: {
          notChecked: [],
          excluded: ['shop.c'],
          conditions: [{ table: 'shop.d', source: 'id > 5', target: null }],
          relaxations: [{ column: 'shop.d.e', remarks: ['trim'] }],
          assumptions: [{ column: 'shop.d.f', remarks: ['time zone UTC'] }],
        },
      },
    );
    const { cases } = await readBack(render(result));
    expect(cases.map(outcomesOf).map(([, outcome]) => outcome)).toEqual(Array(7).fill('skipped'));
    expect(cases.every(({ skipped }) => JSON.stringify(skipped).length > 20)).toBe(true);
  });

  it.each([
    ['different', { findings: [] }, 'failure'],
    ['unverified', { findings: [] }, 'error'],
    ['unverified', { interrupted: true }, 'error'],
    ['verified', {}, 'pass'],
  ] as const)('says %s with %j by the run where no table does: %s', async (verdict, changes, outcome) => {
    const { cases } = await readBack(render(sampleResult([sampleTable()], { verdict, ...changes })));
    expect(cases.map(outcomesOf).find(([name]) => name === 'the run')?.[1]).toBe(outcome);
  });

  it('holds what is hostile as text, and names every case apart', async () => {
    const xml = render(hostileResult([...HOSTILE_TEXTS, ...HOSTILE_TEXTS]));
    expect(xml).not.toMatch(/[^\P{C}\n]/u);
    expect(xml).not.toMatch(/^\s*::|##[\w.-]*\[/m);
    const { cases } = await readBack(xml);
    const names = cases.map(({ name, classname }) => `${classname} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(2 * 5 * HOSTILE_TEXTS.length + 2);
    expect(names).toContain('rowproof.tables public.control \\u0000\\u0001\\u001b[31m\\u007f\\u009b end');
    expect(names).toContain('rowproof.tables public.a ]]> b <!-- c --> &amp; & <![CDATA[');
  });

  it('gives each case one outcome, so that totals add up', async () => {
    for (const result of [mixedResult(), hostileResult()]) {
      const { suite, cases } = await readBack(render(result));
      const passes = cases.filter((each) => outcomesOf(each)[1] === 'pass').length;
      const { tests = 0, failures = 0, errors = 0, skipped = 0 } = suite;
      expect(passes + failures + errors + skipped).toBe(tests);
      expect(tests).toBe(cases.length);
      expect(cases.map((each) => outcomesOf(each)[1]).filter((outcome) => outcome?.includes('+'))).toEqual(
        [],
      );
    }
  });

  it('names a table alike whatever came of it', async () => {
    const namesOf = async (verdict: 'verified' | 'different') =>
      (await readBack(render(sampleResult([sampleTable({ verdict, changed: 3 })])))).cases.map(
        ({ name }) => name,
      );
    expect(await namesOf('different')).toEqual(await namesOf('verified'));
  });

  it('stays below 30 MB, and what does not fit is an error', async () => {
    const findings = [{ code: 'table-unreadable', message: 'x'.repeat(1_000_000), hint: '' }] as const;
    const tables = Array.from({ length: 16_000 }, (_, at) =>
      sampleTable({ target: `public.t${at}`, verdict: 'unverified', findings: at < 14_000 ? findings : [] }),
    );
    const xml = render(sampleResult(tables));
    expect(Buffer.byteLength(xml)).toBeLessThan(30_000_000);
    expect(xml).toMatch(/name="what did not fit"[^>]*>\n *<error message="[\d,]+ test cases did not fit/);
  });

  it('holds no value where values are hidden', () => {
    expect(render(mixedResult())).toMatch(/lorem|paid/);
    expect(render(mixedResult(), false)).not.toMatch(/lorem|paid|10\.50|00ff1/);
  });

  it('is an error until there is a result', async () => {
    const { cases } = await readBack(formatUnfinished('junit', unfinishedRun({ state: 'running' })) ?? '');
    expect(cases.map(outcomesOf)).toEqual([['the run', 'error']]);
  });
});
