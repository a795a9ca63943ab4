import { beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { RunEvent } from '../../src/core/event.js';
import { createLog } from '../../src/log/create-log.js';
import { fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

const TABLES = 40;
const ROWS = 20;
/** More than a table may have that is read with others. */
const MANY_ROWS = 2500;
/** Of so many characters three rows are more than may be read with others. */
const LONG = 400_000;
const names = Array.from({ length: TABLES }, (_, i) => `t${String(i + 1).padStart(2, '0')}`);

/** What is done to the target, by table, and what is to be found of it. */
const DAMAGE: Readonly<Record<string, { readonly sql: string; readonly found: readonly string[] }>> = {
  t03: { sql: 'UPDATE t03 SET v = 0 WHERE id = 7', found: ['changed 7'] },
  t04: { sql: 'DELETE FROM t04 WHERE id = 20', found: ['missing 20'] },
  t17: { sql: "INSERT INTO t17 VALUES (21, 21, 'x')", found: ['extra 21'] },
  t31: { sql: "UPDATE t31 SET w = 'Word 1' WHERE id = 1", found: ['changed 1'] },
  t32: { sql: 'DELETE FROM t32', found: Array.from({ length: ROWS }, (_, i) => `missing ${i + 1}`) },
  t39: { sql: `UPDATE t39 SET v = v + 1 WHERE id = ${MANY_ROWS}`, found: [`changed ${MANY_ROWS}`] },
};

describe.each(fewEnginePairs())('many small tables, $source to $target', (pair) => {
  const source = useDatabase(pair.source);
  const target = useDatabase(pair.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(
        names.map((name) => `CREATE TABLE ${name} (id int PRIMARY KEY, v int, w varchar(20))`).join(';'),
      );
      for (const table of names) {
        const count = table === 't39' ? MANY_ROWS : ROWS;
        await fillTable(database, { table, count, select: `n, n * 7, CONCAT('word ', n)` });
      }
    }
    await target.run(
      Object.values(DAMAGE)
        .map(({ sql }) => sql)
        .join(';'),
    );
  }, 60_000);

  it('are compared several in a task, and differ by exactly what was done to them', async () => {
    const { result, found, tasks } = await compare(source, target);
    expect(found).toEqual(
      Object.fromEntries(Object.entries(DAMAGE).map(([name, { found: rows }]) => [name, rows])),
    );
    const equal = result.tables.filter(({ verdict }) => verdict === 'verified');
    expect(equal).toHaveLength(TABLES - Object.keys(DAMAGE).length);
    expect(equal.every(({ sourceRows, targetRows }) => sourceRows === ROWS && targetRows === ROWS)).toBe(
      true,
    );
    expect(tasks.filter((task) => task === 'small-tables').length).toBeGreaterThan(0);
    // Those that differ are read again, each by itself; no other is.
    expect(tasks.filter((task) => task === 'chunk').length).toBeLessThan(TABLES / 2);
  });

  it('are compared each by itself where a limit is kept chunk by chunk, and are found to be the same', async () => {
    const { found, tasks } = await compare(source, target, { 'max-rows-per-second': '1000000' });
    expect(Object.keys(found)).toEqual(Object.keys(DAMAGE));
    expect(tasks).not.toContain('small-tables');
  });

  it('are not unverified because one among them cannot be read', async () => {
    const gone = async (event: RunEvent): Promise<void> => {
      if (event.type === 'run:start') await target.run('ALTER TABLE t10 RENAME TO t10_gone');
    };
    const { result, found } = await compare(source, target, {}, gone);
    await target.run('ALTER TABLE t10_gone RENAME TO t10');
    const unverified = result.tables.filter(({ verdict }) => verdict === 'unverified');
    expect(unverified.map(({ source: name }) => name?.split('.').at(-1))).toEqual(['t10']);
    expect(Object.keys(found)).toEqual(Object.keys(DAMAGE));
  });

  it('are found to be what they are beside one that has grown too large to be read with them', async () => {
    const databases = [source, target];
    const type = { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext' };
    for (const database of databases)
      await database.run(`ALTER TABLE t11 ADD long_text ${type[database.engine]}`);
    const grow = async (event: RunEvent): Promise<void> => {
      if (event.type !== 'run:start') return;
      for (const database of databases) await database.run(`UPDATE t11 SET long_text = REPEAT('x', ${LONG})`);
    };
    const { result, found } = await compare(source, target, {}, grow);
    for (const database of databases) await database.run('ALTER TABLE t11 DROP long_text');
    const verdicts = Object.fromEntries(
      result.tables.map(({ source: name, verdict }) => [name?.split('.').at(-1), verdict]),
    );
    const differing = Object.keys(DAMAGE).map((name) => [name, 'different']);
    expect(verdicts).toEqual({
      ...Object.fromEntries(names.map((name) => [name, 'verified'])),
      ...Object.fromEntries(differing),
    });
    expect(Object.keys(found)).toEqual(Object.keys(DAMAGE));
  });
});

/** A run over all tables: its result, the rows that differ by table, and the tasks that were done. */
async function compare(
  source: TestDatabase,
  target: TestDatabase,
  flags: Readonly<Record<string, string>> = {},
  onEvent: (event: RunEvent) => Promise<void> = async () => undefined,
) {
  const config = resolveFlags({ source: source.url, target: target.url, ...flags });
  const tasks: string[] = [];
  const write = (line: string): void => {
    const { event, task } = JSON.parse(line);
    if (event === 'task:start') tasks.push(task);
  };
  const outcome = await verify(config, { log: createLog({ write, level: 'debug' }), onEvent });
  const found: Record<string, string[]> = {};
  try {
    for await (const { table, difference } of outcome.differences()) {
      const name = table.split('.').at(-1) ?? '';
      const key = Object.values(difference.key ?? {}).join(' ');
      found[name] = [...(found[name] ?? []), `${difference.kind} ${key}`];
    }
  } finally {
    await outcome.close();
  }
  return { result: outcome.result, found, tasks };
}
