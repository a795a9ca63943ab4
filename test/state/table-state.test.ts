import { beforeAll, describe, expect, it } from 'vitest';
import { verifyWith } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { findGaps } from '../../src/core/coverage.js';
import { InlineRunner } from '../../src/runners/inline-runner.js';
import { createWorkerPool } from '../../src/runners/pool.js';
import type { TableRecord } from '../../src/state/table-record.js';
import { TableState } from '../../src/state/table-state.js';
import { useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

const ROWS = 3000;
const READ_BEFORE_STOP = 600;

/** A run with all that it learned, and what came of it. */
async function runRecorded(
  { source, target }: Readonly<Record<'source' | 'target', { readonly url: string }>>,
  flags: Readonly<Record<string, string>>,
  mayGoOn: (rows: number) => boolean = () => true,
) {
  const records = new Map<TableState, TableRecord[]>();
  const stop = new AbortController();
  let rows = 0;
  const urls = { source: source.url, target: target.url };
  const outcome = await verifyWith(
    {
      makePool: (data, workers) => createWorkerPool(data, workers, (parts) => new InlineRunner(parts)),
      onRecord: (table, record) => {
        // What is kept must not change afterwards, and must be data.
        records.set(table, [...(records.get(table) ?? []), structuredClone(record)]);
        if (record.kind === 'compared') rows += record.rows.sourceRows;
        if (!mayGoOn(rows)) stop.abort();
      },
    },
    resolveFlags({ ...urls, workers: '2', 'chunk-rows': '250', seed: '3', ...flags }),
    { signal: stop.signal },
  );
  await outcome.close();
  return { records, result: outcome.result };
}

function replay(table: TableState, records: readonly TableRecord[]): TableState {
  const again = new TableState(table.planned, { mode: table.mode, ratio: table.ratio });
  for (const record of records) again.record(record);
  return again;
}

describe('what a run knows of its tables', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(`CREATE TABLE walked (a int, b int, word varchar(20), PRIMARY KEY (a, b));
        CREATE TABLE bag (n int); CREATE TABLE grouped (word varchar(20) PRIMARY KEY, n int)`);
      await fillTable(database, { table: 'walked', count: ROWS, select: "n % 7, n, 'word'" });
      await fillTable(database, { table: 'bag', count: 50, select: 'n' });
      await fillTable(database, { table: 'grouped', count: 50, select: "concat('w', n), n" });
    }
    await source.run('CREATE TABLE lone (id int PRIMARY KEY)');
    await target.run(`UPDATE walked SET word = 'new' WHERE b IN (5, 2900); DELETE FROM walked WHERE b = 17;
      DELETE FROM bag WHERE n = 3; UPDATE grouped SET n = 0 WHERE n = 9`);
  });

  it.each([
    [{}],
    [{ mode: 'spot', ratio: '0.3' }],
    [{ mode: 'count' }],
    [{ where: 'walked:b < 100' }],
    [{ 'min-rows': '5000' }],
  ] as const)('is the fold over their records (%o)', async (flags) => {
    const { records, result } = await runRecorded({ source, target }, flags);
    expect(records.size).toBe(result.tables.length);
    for (const [i, [table, own]] of [...records].entries()) {
      const { sample, diagnoses, ...known } = result.tables[i] ?? {};
      const { sample: _, diagnoses: __, ...again } = replay(table, own).toResult([]);
      expect(again).toEqual(known);
    }
  });

  it('covers all keys of a table that is walked, and none twice', async () => {
    const { records } = await runRecorded({ source, target }, { tables: 'walked' });
    const [[table, own] = []] = [...records];
    expect(findGaps(table?.coverage ?? [])).toEqual([]);
    const rows = (own ?? []).flatMap((record) =>
      record.kind === 'compared' ? [record.rows.sourceRows] : [],
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.reduce((sum, each) => sum + each, 0)).toBe(ROWS);
  });

  it('says which keys were not compared where the run was stopped', async () => {
    const stopped = await runRecorded(
      { source, target },
      { tables: 'walked', workers: '1' },
      (rows) => rows < READ_BEFORE_STOP,
    );
    const [[table, own] = []] = [...stopped.records];
    const [gap, ...others] = findGaps(table?.coverage ?? []);
    expect(others).toEqual([]);
    expect(gap?.upTo).toBeNull();
    const [finding] = stopped.result.tables[0]?.findings ?? [];
    const [a, b] = (gap?.after ?? []).map(({ value }) => value);
    expect(finding?.message).toMatch(
      new RegExp(`; rows with \\(a, b\\) > \\(${a}, ${b}\\) were not compared\\.$`),
    );
    expect(own?.at(-1)?.kind).not.toBe('done');
  });
});
