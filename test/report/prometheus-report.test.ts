import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { findPromtool, PROMTOOL_MISSING } from '../support/find-binaries.mjs';
import { hostileResult } from './hostile-result.js';
import { mixedResult, sampleResult, sampleTable } from './sample-result.js';

const promtool = findPromtool();
const render = (result: RunResult, earlier?: string): string =>
  formatReport(result, { format: 'prometheus', ...(earlier !== undefined && { earlier }) });

/** What promtool has to say of metrics; nothing where all is well. */
function lint(metrics: string): string {
  const { status, stdout, stderr, error } = spawnSync(promtool ?? '', ['check', 'metrics'], {
    input: metrics,
    encoding: 'utf8',
  });
  if (error) throw error;
  return `${status === 0 ? '' : `exit ${status}: `}${stdout}${stderr}`;
}

const seriesOf = (metrics: string): string[] =>
  metrics
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'));

const readValue = (metrics: string, name: string): string | undefined =>
  seriesOf(metrics)
    .find((line) => line.startsWith(`${name}{`))
    ?.split(' ')
    .at(-1);

describe('the metrics', () => {
  it('are the golden file', async () => {
    await expect(render(mixedResult())).toMatchFileSnapshot('golden/mixed.prom');
  });

  it('are what promtool takes without a word, hostile names too', (test) => {
    if (promtool === null) return test.skip(PROMTOOL_MISSING);
    expect(lint(render(mixedResult()))).toBe('');
    expect(lint(render(hostileResult()))).toBe('');
    expect(lint('a{b="\\u{23}"} 1\n')).not.toBe('');
  });

  it('are watched by rules that promtool takes, as the page about them has them', (test) => {
    if (promtool === null) return test.skip(PROMTOOL_MISSING);
    const page = readFileSync(new URL('../../docs/reports-and-formats.md', import.meta.url), 'utf8');
    const [, rules = ''] = /```yaml\n(groups:.*?)```/s.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-rules-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'rules.yaml'), rules);
    const { stdout } = spawnSync(promtool, ['check', 'rules', join(folder, 'rules.yaml')], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('SUCCESS: 3 rules found');
    const known = new Set(seriesOf(render(mixedResult(), '')).map((line) => line.split('{')[0]));
    known.add('rowproof_last_success_timestamp_seconds');
    const named = [...rules.matchAll(/\browproof_\w+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('are series that differ, without timestamps and without anything of a row', () => {
    const all = seriesOf(render(hostileResult()));
    expect(all.every((line) => /^rowproof_\w+\{.*"\} [\d.e+]+$/s.test(line))).toBe(true);
    const names = all.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(names).size).toBe(names.length);
    expect(render(mixedResult())).not.toMatch(/lorem|paid|10\.50|00ff1|48211999/);
  });

  it('have the real names of tables as labels, with the escapes of the format and no others', () => {
    const names = [
      '##vso[x]',
      'rtl\u202eevil',
      'back\\slash',
      'q"uote',
      'line\nend',
      '\u001b[31m',
      '  edges  ',
    ];
    const metrics = render(sampleResult(names.map((target) => sampleTable({ target }))));
    const read = [
      ...metrics.matchAll(/^rowproof_table_different\{.*target_table="((?:[^"\\]|\\.)*)"\}/gm),
    ].map(([, label = '']) =>
      label.replace(/\\([\\"n])/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped)),
    );
    expect(read).toEqual(names);
  });

  it('keep two names apart that would be spelled alike', () => {
    const tables = ['a\u0001', 'a\\u0001', 'a\\\\u0001'].map((target) => sampleTable({ target }));
    const all = seriesOf(render(sampleResult(tables)));
    expect(new Set(all).size).toBe(all.length);
  });

  it('keep when a run of the same question was last verified', () => {
    const good = sampleResult([sampleTable()]);
    const bad = sampleResult([sampleTable({ verdict: 'different', missing: 1 })], {
      startedAt: '2025-01-02T02:00:00.000Z',
    });
    const first = render(good);
    const success = readValue(first, 'rowproof_last_success_timestamp_seconds');
    expect(success).toBe(String(Date.parse('2025-01-01T02:03:12Z') / 1000));
    const second = render(bad, first);
    expect(readValue(second, 'rowproof_last_success_timestamp_seconds')).toBe(success);
    expect(readValue(second, 'rowproof_last_run_timestamp_seconds')).not.toBe(success);
    expect(readValue(render(bad, second), 'rowproof_last_success_timestamp_seconds')).toBe(success);
    const other = { ...bad, askedHash: 'another question' };
    expect(readValue(render(other, first), 'rowproof_last_success_timestamp_seconds')).toBeUndefined();
    expect(readValue(render(bad), 'rowproof_last_success_timestamp_seconds')).toBeUndefined();
    for (const value of ['NaN', '-1', '1e300', 'x', ''])
      expect(render(bad, first.replaceAll(success ?? '?', value))).not.toContain('last_success');
  });

  it('are of a thousand tables at most, those that need attention first', () => {
    const tables = Array.from({ length: 1200 }, (_, at) =>
      sampleTable({ target: `public.t${at}`, verdict: at === 1199 ? 'different' : 'verified' }),
    );
    const text = render(sampleResult(tables));
    expect(readValue(text, 'rowproof_tables_left_out')).toBe('200');
    expect(text).toMatch(/rowproof_table_different\{.*target_table="public\.t1199"\} 1\n/);
  });
});
