import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/core/result.js';
import { formatReport } from '../../src/report/format-report.js';
import { codeSpan } from '../../src/report/markdown/code-span.js';
import { HOSTILE_TEXTS, hostileResult } from './hostile-result.js';
import { mixedResult, sampleResult, sampleTable } from './sample-result.js';

const render = (result: RunResult, options: { showValues?: boolean; mostBytes?: number } = {}): string =>
  formatReport(result, { format: 'markdown', ...options });

/** What is left of a line of Markdown outside of its code spans, as CommonMark pairs their fences. */
function outsideOfCode(line: string): string {
  let rest = line;
  let outside = '';
  for (let fence = /`+/.exec(rest); fence !== null; fence = /`+/.exec(rest)) {
    outside += rest.slice(0, fence.index);
    rest = rest.slice(fence.index + fence[0].length);
    const end = [...rest.matchAll(/`+/g)].find(([run]) => run.length === fence?.[0].length);
    if (end === undefined) return `${outside}UNPAIRED FENCE`;
    rest = rest.slice(end.index + end[0].length);
  }
  return outside + rest;
}

describe('the Markdown report', () => {
  it('is the golden file', async () => {
    await expect(render(mixedResult())).toMatchFileSnapshot('golden/mixed.md');
  });

  it('holds what servers and users name in code spans only', () => {
    const lines = render(hostileResult(), { mostBytes: 1_000_000 }).split('\n');
    const outside = lines.map(outsideOfCode);
    expect(outside.join('\n')).toMatch(/^[\w #|*:;,.…+–❌\n-]*$/);
    expect(outside.join('\n')).not.toMatch(/taken|evil|cell|fence|UNPAIRED|#\d/);
  });

  it('keeps every row of a table on its line, with as many cells as the head', () => {
    const rows = render(hostileResult(), { mostBytes: 1_000_000 })
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows.length).toBeGreaterThan(3 * HOSTILE_TEXTS.length);
    const widths = new Set(rows.map((row) => row.split('|').length - 2));
    expect([...widths].sort()).toEqual([5, 7]);
  });

  it('shows nothing that is not seen, and nothing that a build server obeys', () => {
    const text = render(hostileResult());
    expect(text).not.toMatch(/(?!\n|\ufe0f)\p{C}/u);
    expect(text).not.toMatch(/^\s*::|##[\w.-]*\[/m);
  });

  it.each(['`', '``', 'a ``` b', '` `', ' a ', '', '|', 'a\nb'])(
    'fences %j by more backticks than it has',
    (text) => {
      const span = codeSpan(text);
      expect(outsideOfCode(span)).toBe('');
      expect(span).not.toMatch(/[\n|]/);
    },
  );

  it('stays within its bytes, counts what it leaves out and ends with what was not checked', () => {
    const tables = Array.from({ length: 3000 }, (_, at) =>
      sampleTable({
        target: `public.t${at}`,
        verdict: at % 2 === 0 ? 'different' : 'unverified',
        changed: at % 2 === 0 ? 1 : 0,
      }),
    );
    for (const mostBytes of [16_000, 64_000, 1_000_000]) {
      const text = render(sampleResult(tables), { mostBytes });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostBytes);
      expect(text).toMatch(/^… and [\d,]+ more/m);
      expect(text.trimEnd().split('\n').at(-1)).toMatch(/^`DIFFERENT: 3,000 tables/);
    }
    expect(Buffer.byteLength(render(sampleResult(tables)))).toBeLessThanOrEqual(64_000);
  });

  it('holds no value where values are hidden', () => {
    expect(render(mixedResult())).toMatch(/lorem|paid/);
    expect(render(mixedResult(), { showValues: false })).not.toMatch(/lorem|paid|10\.50|00ff1/);
  });
});
