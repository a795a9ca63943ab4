import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { formatDifferences } from '../../src/report/differences-file.js';
import { sampleResult, sampleTable } from './sample-result.js';

const ROWS: readonly RowDifference[] = [
  {
    kind: 'changed',
    key: { id: '42' },
    columns: ['status'],
    source: { status: 'paid' },
    target: { status: null },
  },
  {
    kind: 'missing',
    key: { id: '43' },
    columns: ['id', 'raw'],
    source: { id: '43', raw: { hex: '00ff' } },
    target: null,
  },
  { kind: 'extra', key: { id: '44' }, columns: ['id'], source: null, target: { id: '44' } },
];

async function linesOf(rows: readonly RowDifference[]): Promise<string[]> {
  async function* differences() {
    for (const difference of rows) yield { table: 'public.orders', difference };
  }
  const lines: string[] = [];
  const result = sampleResult([sampleTable()]);
  for await (const line of formatDifferences({ result, differences: differences() })) lines.push(line);
  return lines;
}

describe('the differences file', () => {
  it('has one line a difference after its header, with fields in the documented order', async () => {
    expect(await linesOf(ROWS)).toEqual([
      '{"format":"rowproof/differences@1","source":"mysql://checker@db-old.example:3306/shop","target":"postgres://checker@db-new.example:5432/shop"}\n',
      '{"table":"public.orders","kind":"changed","key":{"id":"42"},"columns":["status"],"source":{"status":"paid"},"target":{"status":null}}\n',
      '{"table":"public.orders","kind":"missing","key":{"id":"43"},"columns":["id","raw"],"source":{"id":"43","raw":{"hex":"00ff"}}}\n',
      '{"table":"public.orders","kind":"extra","key":{"id":"44"},"columns":["id"],"target":{"id":"44"}}\n',
    ]);
  });

  it('leaves values out when they are hidden', async () => {
    const text = (await linesOf(ROWS.map((row) => ({ ...row, source: null, target: null }))))
      .slice(1)
      .join('');
    expect(text).not.toMatch(/"source"|"target"|paid|00ff/);
    expect(text).toContain('"columns":["id","raw"]');
  });

  it('keeps every difference on one line, whatever it holds', async () => {
    const value = 'a\nb\u2028c\r"\\\u0000\ud800';
    const [, line = ''] = await linesOf([
      { ...ROWS[2], kind: 'extra', key: { k: value }, columns: ['k'], source: null, target: { k: value } },
    ]);
    expect(line.slice(0, -1)).not.toMatch(/[\n\r]/);
    expect(JSON.parse(line).target.k).toBe(value);
  });
});
