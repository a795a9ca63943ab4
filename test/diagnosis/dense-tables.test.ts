import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunResult, resolveConfig, verify } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawLevel } from '../../src/core/drawn-rows.js';
import { type TestDatabase, useDatabase } from '../support/database.js';

/** So many that not all of them are kept: of two lone rows one is drawn. */
const ROWS = 30_000;

const rowsWhere = (table: string, condition: string, id = 'n'): string =>
  `INSERT INTO ${table} SELECT ${id}, n * 7919 % 100003, concat('Order ', n, ' for customer ', n * 31 % 1009) FROM numbers WHERE ${condition}`;

/** What each table lacks, or has otherwise, on the target; and what is said of it. */
const TABLES = {
  moved: { damage: 'UPDATE moved SET v = v + 1', said: 'number-moved by +1: 30000 of 30000 proved' },
  emptied: { damage: 'DELETE FROM emptied', said: 'target-empty : 30000 of 30000 proved' },
  cut_short: {
    damage: 'DELETE FROM cut_short WHERE id > 2000',
    said: 'missing-tail from key 2001 on: 28000 of 28000 proved',
  },
  holed: {
    damage: 'DELETE FROM holed WHERE id BETWEEN 1001 AND 20000 OR id BETWEEN 22001 AND 28000',
    said: 'missing-runs keys 1001 to 20000, 22001 to 28000: 25000 of 25000 proved',
  },
} as const;

interface Run {
  readonly result: RunResult;
  /** The most that its temporary files took. */
  readonly bytes: number;
}

describe.each(['postgresql', 'mariadb'] as const)('tables of which nearly all rows differ, %s', (engine) => {
  const [source, target] = [useDatabase(engine), useDatabase(engine)];
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rowproof-dense-'));
    for (const database of [source, target]) await fill(database);
    for (const { damage } of Object.values(TABLES)) await target.run(damage);
    await target.run('DELETE FROM shifted');
    await target.run(rowsWhere('shifted', 'n > 0', 'n + 1000000'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function fill({ run }: TestDatabase): Promise<void> {
    await run('CREATE TABLE numbers (n INT PRIMARY KEY)');
    await run(
      engine === 'postgresql'
        ? `INSERT INTO numbers SELECT generate_series(1, ${ROWS})`
        : `INSERT INTO numbers SELECT seq FROM seq_1_to_${ROWS}`,
    );
    for (const table of [...Object.keys(TABLES), 'shifted']) {
      await run(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT NOT NULL, note VARCHAR(60) NOT NULL)`);
      await run(rowsWhere(table, 'n > 0'));
    }
  }

  async function read(workers: number, keepsRows = false, tables: readonly string[] = []): Promise<Run> {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    let bytes = 0;
    const watch = setInterval(() => {
      bytes = Math.max(bytes, sizeOf(folder));
    }, 100);
    try {
      const config = resolveConfig({
        ...{ source: source.url, target: target.url, workers, exclude: ['numbers'], recheckFor: '0s' },
        ...(tables.length > 0 && { tables: [...tables] }),
      });
      const outcome = await verify(config, { keepsRows });
      bytes = Math.max(bytes, sizeOf(folder));
      if (!keepsRows) expect(() => outcome.differences()).toThrow('kept no list');
      await outcome.close();
      return { result: outcome.result, bytes };
    } finally {
      clearInterval(watch);
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  }

  it('are explained as if every row was kept, with files that do not grow with them, by any number of workers', async () => {
    const [one, four, kept] = [await read(1), await read(4), await read(2, true)];
    for (const { result } of [one, four, kept]) {
      for (const [name, { said }] of Object.entries(TABLES))
        expect(describeTable(result, name)).toContain(said);
    }
    expect(withoutTimes(four.result)).toEqual(withoutTimes(one.result));
    expect(four.result.totals).toEqual(kept.result.totals);
    // Of changed rows next to nothing is kept; of lone rows the first, and half of the others.
    expect((await read(2, false, ['moved'])).bytes).toBeLessThan(100_000);
    expect(one.bytes).toBeLessThan(0.9 * kept.bytes);
    // Both rows of a pair are drawn, or none.
    expect(describeTable(one.result, 'shifted')).toEqual([
      expect.stringMatching(
        /^key-changed all other columns are equal; every key by \+1000000: (\d+) of \1 likely$/,
      ),
    ]);
  });
});

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    try {
      bytes += statSync(join(folder, name)).size;
    } catch {
      // It was deleted meanwhile.
    }
  }
  return bytes;
}

function tableOf({ tables }: RunResult, name: string) {
  return tables.find(({ target }) => target?.endsWith(`.${name}`) === true);
}

function describeTable(result: RunResult, name: string): string[] {
  return (tableOf(result, name)?.diagnoses ?? []).map(
    ({ cause, confidence, rows, evidence: { detail, of } }) =>
      `${cause} ${detail}: ${rows} of ${of} ${confidence}`,
  );
}

/** All that a result says of rows and of why they differ. */
function withoutTimes({ tables }: RunResult): unknown {
  return tables.map(({ target, verdict, missing, extra, changed, changedColumns, diagnoses, sample }) => {
    return { target, verdict, missing, extra, changed, changedColumns, diagnoses, sample };
  });
}

describe('how many lone rows are drawn', () => {
  it('is all of them up to a number, then a half, a quarter, and so on', () => {
    expect([1, 20_000, 20_001, 40_000, 40_001, 640_000].map(drawLevel)).toEqual([0, 0, 1, 1, 2, 5]);
  });
});
