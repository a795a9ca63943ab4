import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { formatNight, parseNight } from '../../src/history/night.js';
import { NightRecorder } from '../../src/history/night-recorder.js';
import { RowDigester } from '../../src/secrets/row-digest.js';
import { Secret } from '../../src/secrets/secret.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';

const secret = new Secret(Buffer.from('sixteen bytes at least'));
const row = (id: number): RowDifference => ({
  kind: 'changed',
  key: { id: `key ${id}` },
  columns: ['c'],
  source: { c: 'secret value' },
  target: { c: null },
});

function record(rows: number, { of = secret as Secret | null, tables = ['public.customers'] } = {}) {
  const recorder = new NightRecorder(new RowDigester(of, 'history'));
  for (const table of tables) for (let id = 0; id < rows; id++) recorder.add(table, row(id));
  const result = sampleResult(
    tables.map((target) => sampleTable({ target, changed: rows, verdict: 'different' })),
  );
  const night = recorder.finish(result);
  return { night, text: formatNight(night) };
}

describe('what a history remembers of a run', () => {
  it('is read back', () => {
    const { night, text } = record(3);
    expect(parseNight(text)).toEqual(night);
  });

  it('holds neither keys nor values where there is a secret', () => {
    expect(record(3).text).not.toMatch(/key 1|secret value/);
  });

  it('holds keys in clear where there is none, and still no values', () => {
    const { text, night } = record(3, { of: null });
    expect(night.tables[0]?.rows?.[1]?.[0]).toBe('["key 1"]');
    expect(text).not.toContain('secret value');
  });

  it('is the number of rows alone where there are more than ten thousand of a table', () => {
    expect(record(10_000).night.tables[0]?.rows).toHaveLength(10_000);
    const [table] = record(10_001).night.tables;
    expect([table?.rows, table?.differing]).toEqual([null, 10_001]);
  });

  it('has a limit for all tables of a night', () => {
    const tables = Array.from({ length: 11 }, (_, at) => `public.t${at}`);
    const { night } = record(10_000, { tables });
    const kept = night.tables.map(({ rows }) => rows?.length ?? null);
    expect(kept.filter((count) => count === null)).toHaveLength(1);
  });

  it('says which tables were read in full', () => {
    const recorder = new NightRecorder(new RowDigester(secret, 'history'));
    const coverage = { rows: 1, chunks: 2, unverifiedChunks: 1 };
    const tables = [
      sampleTable(),
      sampleTable({ coverage }),
      sampleTable({ mode: 'spot' }),
      sampleTable({ source: 'shop.x' }),
    ];
    const scope = {
      ...sampleResult([]).scope,
      conditions: [{ table: 'shop.x', source: 'a = 1', target: 'a = 1' }],
    };
    const read = (changes: object) =>
      recorder.finish(sampleResult(tables, { scope, ...changes })).tables.map(({ isRead }) => isRead);
    expect(read({})).toEqual([true, false, false, false]);
    expect(read({ interrupted: true })).toEqual([false, false, false, false]);
  });
});
