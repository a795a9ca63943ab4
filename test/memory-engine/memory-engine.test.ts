import { beforeAll, describe, expect, it, vi } from 'vitest';
import { planRun } from '../../src/app/plan-run.js';
import { verifyWith } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { InlineRunner } from '../../src/runners/inline-runner.js';
import { createWorkerPool } from '../../src/runners/pool.js';
import { useDatabase } from '../support/database.js';
import { keepInMemory, type MemoryTable } from './databases.js';

// The one line that makes the engine known.
vi.mock('../../src/engines/list.js', async (importOriginal) => {
  const { ENGINES } = await importOriginal<typeof import('../../src/engines/list.js')>();
  const { memoryEngine } = await import('./index.js');
  return { ENGINES: [...ENGINES, memoryEngine] };
});

const ROWS = 3000;
const WORDS = ['', 'a', "it's", '😀', 'Ä'];
const wordOf = (i: number): string | null => (i % 7 === 0 ? null : (WORDS[i % WORDS.length] ?? null));

const numbers = (change: (i: number) => readonly [bigint, string | null] | null): MemoryTable => ({
  name: 'numbers',
  columns: { id: 'int', word: 'text' },
  key: 1,
  rows: Array.from({ length: ROWS }, (_, i) => change(i))
    .filter((row) => row !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1)),
});
const texts = (word: string): MemoryTable => ({
  name: 'texts',
  columns: { a: 'int', b: 'text', word: 'text' },
  key: 2,
  rows: [1n, 2n].flatMap((a) => ['a', 'b', 'é', '😀'].map((b) => [a, b, b === 'é' ? word : b])),
});
const bag = (...values: bigint[]): MemoryTable => ({
  name: 'bag',
  columns: { n: 'int' },
  key: 0,
  rows: values.map((n) => [n]),
});

const SOURCE = [numbers((i) => [BigInt(i), wordOf(i)]), texts('x'), bag(1n, 1n, 2n)];
const TARGET = [
  numbers((i) => (i === 5 ? null : [BigInt(i === 2000 ? ROWS + 7 : i), i === 9 ? 'new' : wordOf(i)])),
  texts('y'),
  bag(1n, 2n, 3n),
];
const DIFFERENCES = [
  'numbers missing {"id":"5"}',
  'numbers changed {"id":"9"} word',
  'numbers missing {"id":"2000"}',
  `numbers extra {"id":"${ROWS + 7}"}`,
  'texts changed {"a":"1","b":"é"} word',
  'texts changed {"a":"2","b":"é"} word',
  'bag missing null',
  'bag extra null',
];

async function run(source: string, target: string, flags: Readonly<Record<string, string>> = {}) {
  const config = resolveFlags({ source, target, workers: '2', 'chunk-rows': '400', seed: '1', ...flags });
  const outcome = await verifyWith(
    { makePool: (data, workers) => createWorkerPool(data, workers, (parts) => new InlineRunner(parts)) },
    config,
    { wantsRepair: flags.repair !== undefined },
  );
  try {
    const found: string[] = [];
    for await (const { table, difference } of outcome.differences()) {
      const { kind, key, columns } = difference;
      const name = table.slice(table.indexOf('.') + 1);
      found.push([name, kind, JSON.stringify(key), ...(kind === 'changed' ? columns : [])].join(' '));
    }
    return { result: outcome.result, found: found.sort() };
  } finally {
    await outcome.close();
  }
}

/** What fills a table of a server with the rows of one in memory. */
function fillLike(table: MemoryTable): string {
  const types = { int: 'BIGINT', text: 'VARCHAR(40)' };
  const names = Object.entries(table.columns).map(([name, type], i) => {
    return `${name} ${types[type]}${i < table.key ? ' NOT NULL' : ''}`;
  });
  const key = table.key === 0 ? [] : [`PRIMARY KEY (${Object.keys(table.columns).slice(0, table.key)})`];
  const rows = table.rows.map(
    (row) => `(${row.map((v) => (typeof v === 'string' ? `'${v.replace("'", "''")}'` : String(v))).join()})`,
  );
  return `CREATE TABLE ${table.name} (${[...names, ...key].join()}); INSERT INTO ${table.name} VALUES ${rows.join()}`;
}

describe('an engine that is a folder and a line', () => {
  const source = keepInMemory('source', SOURCE);
  const target = keepInMemory('target', TARGET);

  it('is compared with itself: what was injected is exactly what is found', async () => {
    const { result, found } = await run(source, target);
    expect(found).toEqual([...DIFFERENCES].sort());
    expect(result.source).toMatchObject({ engine: 'memory', product: 'Memory', version: '1' });
    expect(result.tables.map(({ strategy }) => strategy)).toEqual(['range', 'range', 'bucket']);
    expect((await run(source, keepInMemory('copy', SOURCE))).result.verdict).toBe('verified');
  });

  it('is counted and sampled', async () => {
    expect((await run(source, target, { mode: 'count' })).result.verdict).toBe('different');
    const sampled = await run(source, keepInMemory('copy', SOURCE), { mode: 'spot', ratio: '0.5' });
    expect(sampled.result.verdict).toBe('sampled');
  });

  it('is planned in its own words', async () => {
    const plan = await planRun(resolveFlags({ source, target, workers: '4' }));
    expect(plan.tables[0]?.sql?.source).toBe('10000 rows of numbers: id, word');
    expect(plan.tables.map(({ segments }) => segments)).toEqual([1, 1, 1]);
  });

  it('says beforehand what it cannot do', async () => {
    await expect(run(source, target, { 'max-load': '5' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('Memory does not say how busy it is'),
    });
    await expect(run(source, target, { repair: 'x' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('no repair SQL for Memory'),
    });
    await expect(run(source, target, { where: 'numbers:id > 3' })).rejects.toMatchObject({ code: 'usage' });
    const { result } = await run(source, target, { 'checksum-on': 'server', tables: 'numbers' });
    expect(result.tables[0]?.findings).toMatchObject([
      { code: 'checksum-on-client', message: expect.stringContaining('its server does not hash rows') },
    ]);
  });

  describe.each(['mariadb', 'postgresql'] as const)('against %s', (engine) => {
    const database = useDatabase(engine);

    beforeAll(async () => {
      for (const table of TARGET) await database.run(fillLike(table));
    });

    it('finds exactly the same', async () => {
      const { found } = await run(source, database.url);
      expect(found).toEqual([...DIFFERENCES].sort());
      expect((await run(database.url, target)).result.verdict).toBe('verified');
    });
  });
});
