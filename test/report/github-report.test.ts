import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/format-report.js';
import { listAnnotations } from '../../src/report/github/annotations.js';
import { formatWorkflowCommand } from '../../src/report/github/workflow-command.js';
import { guardText, visibleLine } from '../../src/words/visible-text.js';
import { HOSTILE_TEXTS, hostileResult } from './hostile-result.js';
import { mixedResult, sampleResult, sampleTable } from './sample-result.js';

const commandsOf = (result: Parameters<typeof listAnnotations>[0]): string =>
  listAnnotations(result).map(formatWorkflowCommand).join('');

/** What the runner of GitHub takes from a line, by the rules of its own parser. */
function obey(line: string) {
  const [, command, properties = '', data = ''] = /^::(\w+) ?(.*?)::(.*)$/.exec(line) ?? [];
  const decode = (text: string, more: Record<string, string> = {}) =>
    Object.entries({ ...more, '%0D': '\r', '%0A': '\n', '%25': '%' }).reduce(
      (each, [code, character]) => each.replaceAll(code, character),
      text,
    );
  const entries = properties.split(',').map((pair) => pair.split('='));
  return {
    command,
    properties: Object.fromEntries(
      entries.map(([name, ...rest]) => [name, decode(rest.join('='), { '%3A': ':', '%2C': ',' })]),
    ),
    data: decode(data),
  };
}

describe('the annotations of a job', () => {
  it('are the golden file', async () => {
    await expect(commandsOf(mixedResult())).toMatchFileSnapshot('golden/mixed.annotations.txt');
  });

  it('are an error for what differs, a warning for what was not checked and a notice for what is no proof', () => {
    const kinds = (verdict: 'different' | 'unverified' | 'sampled' | 'counted' | 'verified') =>
      listAnnotations(sampleResult([sampleTable()], { verdict })).map(({ kind }) => kind);
    expect(kinds('different')).toEqual(['error']);
    expect(kinds('unverified')).toEqual(['warning']);
    expect(kinds('sampled')).toEqual(['notice']);
    expect(kinds('counted')).toEqual(['notice']);
    expect(kinds('verified')).toEqual([]);
    expect(listAnnotations(mixedResult()).map(({ kind, title }) => `${kind} ${title}`)).toEqual([
      'error shop.orders → public.orders differs',
      'error shop.OrderLineDiscountAllocations → public.order_line_discount_allocations differs',
      'error shop.audit_log → (not on the target) differs',
      'warning shop.orders → public.orders was not fully checked',
      'warning shop.areas → public.areas was not fully checked',
    ]);
  });

  it('are ten of each kind at most, of which the last says how many more there are', () => {
    const tables = Array.from({ length: 25 }, (_, at) =>
      sampleTable({
        target: `public.t${at}`,
        verdict: at % 2 === 0 ? 'different' : 'unverified',
        changed: 1,
      }),
    );
    const annotations = listAnnotations(sampleResult(tables));
    for (const [kind, more] of [
      ['error', 4],
      ['warning', 3],
    ] as const) {
      const own = annotations.filter((each) => each.kind === kind);
      expect(own).toHaveLength(10);
      expect(own.at(-1)?.message).toBe(`${more} more, which the summary of the job lists.`);
    }
  });

  it('hold what is hostile as text: one command each, with one title', () => {
    for (const text of HOSTILE_TEXTS) {
      const line = formatWorkflowCommand({ kind: 'error', title: text, message: text });
      expect(line.trimEnd()).not.toMatch(/[^\P{C}]/u);
      expect(line.slice(2)).not.toMatch(/##[\w.-]*\[/);
      const { command, properties, data } = obey(line.trimEnd());
      expect(command).toBe('error');
      expect(Object.keys(properties)).toEqual(['title']);
      expect(data).toBe(guardText(visibleLine(text)));
      expect(properties.title).toBe(data);
    }
    const lines = commandsOf(hostileResult()).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(lines.every((line) => /^::(error|warning|notice) title=/.test(line))).toBe(true);
  });

  it('cut a long message', () => {
    const line = formatWorkflowCommand({ kind: 'error', title: 'x', message: '🎈'.repeat(100_000) });
    expect(line.length).toBeLessThan(1100);
    expect(line).not.toMatch(/\p{Cs}/u);
  });
});

describe('the summary of a step', () => {
  it('is below the 1,024 kB above which GitHub refuses it, and says what it leaves out', () => {
    const tables = Array.from({ length: 20_000 }, (_, at) => sampleTable({ target: `public.table_${at}` }));
    const text = formatReport(sampleResult(tables), { format: 'github' });
    expect(Buffer.byteLength(text)).toBeGreaterThan(900_000);
    expect(Buffer.byteLength(text)).toBeLessThan(1_024_000);
    expect(text).toMatch(/… and [\d,]+ more tables\./);
  });
});
