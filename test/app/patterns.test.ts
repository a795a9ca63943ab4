import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig, type VerifySettings, verify } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { runOnBoth } from '../traps/type-words.js';
import { compare, listDifferences, tableResult } from './compare.js';

describe('a pattern in the place of a table', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-patterns-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE t1 (id int PRIMARY KEY, code int NOT NULL UNIQUE, v varchar(9));
       CREATE TABLE t2 (id int PRIMARY KEY, code int NOT NULL UNIQUE, v varchar(9));
       CREATE TABLE u (nr int PRIMARY KEY, v varchar(9));
       INSERT INTO t1 VALUES (1, 8, 'a'), (2, 7, 'b'), (11, 6, 'c');
       INSERT INTO t2 VALUES (1, 8, 'a'), (2, 7, 'b'), (11, 6, 'c');
       INSERT INTO u VALUES (1, 'a')`,
    );
    await target.run("UPDATE t1 SET v = 'x' WHERE id IN (2, 11); UPDATE t2 SET v = 'x' WHERE id IN (2, 11)");
  });

  const run = (flags: Record<string, string | string[]>) => compare({ source, target, flags });
  const rowsOf = (comparison: Awaited<ReturnType<typeof run>>) =>
    Object.fromEntries(
      comparison.result.tables.map((table) => [table.source?.split('.').at(-1), table.sourceRows]),
    );
  const runFile = (settings: string, ...flags: string[]) => {
    writeFileSync(join(folder, 'rowproof.yaml'), `source: ${source.url}\ntarget: ${target.url}\n${settings}`);
    return runCli(['verify', '--report', 'json', ...flags], { cwd: folder });
  };

  it('bounds every table that it fits, and the repair with it', async () => {
    const where = ['verify', '--source', source.url, '--target', target.url, '--where', 't*:id<10'];
    const { exitCode } = await runCli([...where, '--repair', 'f.sql'], { cwd: folder });
    expect(exitCode).toBe(1);
    const written = readFileSync(join(folder, 'f.sql'), 'utf8').match(/^\/\*r.*$/gm);
    expect(written).toHaveLength(2);
    const chosen = await run({ where: 't*:id<10' });
    expect(rowsOf(chosen)).toEqual({ t1: 2, t2: 2, u: 1 });
    expect(listDifferences(chosen)).toEqual(['changed 2 v', 'changed 2 v']);
    expect(chosen.result.scope.conditions.map(({ table }) => table.split('.').at(-1))).toEqual(['t1', 't2']);
  });

  it('gives way to what is said of a table by its own name', async () => {
    const chosen = await run({ where: ['t*:id<10', 't2:id=1'], 'target-where': ['t2:id in (1, 2)'] });
    expect(rowsOf(chosen)).toEqual({ t1: 2, t2: 1, u: 1 });
    expect(listDifferences(chosen)).toEqual(['changed 2 v', 'extra 2']);
  });

  it('says which rows of the target, which key, and how values may differ', async () => {
    const chosen = await run({
      tables: 't*',
      where: 't*:id=2',
      'target-where': 't*:id IN (1, 2)',
      key: 't*:code',
      relax: ['t1.*:ignoreCase', 't?.v:trim'],
    });
    expect(tableResult(chosen, 't2').key).toEqual(['code']);
    expect(listDifferences(chosen)).toEqual(['changed 7 v', 'extra 8', 'changed 7 v', 'extra 8']);
  });

  it.each([
    [{ where: ['t*:id<10', '*1:id<9'] }, '--where says two things of t1, by "t*" and by "*1".'],
    [{ key: ['t*:id', '*1:code'] }, '--key says two things of t1, by "t*" and by "*1".'],
    [
      { where: 't1:id<10', 'target-where': 't*:id<10' },
      '--where names t1 itself, and --target-where only by a pattern',
    ],
    [{ 'target-where': 't*:id<10' }, '--target-where says which rows of "t1" are compared, and --where does'],
    [{ key: '*:id' }, '--key names "id", but u on the source has no such column.'],
    [{ where: 'x*:id<10' }, '--where says "x*", but no table of the source has such a name.'],
    [{ key: 'x*:id' }, '--key says "x*", but no table of the source has such a name.'],
    [{ where: '*:id<10' }, /^What --where says of \S+\.u is no condition on the (source|target)/],
    [{ map: 't*=u' }, '--map pairs one table with one other, and "t*" is a pattern.'],
    [{ map: 'u=t*' }, '--map pairs one table with one other, and "t*" is a pattern.'],
    [{ tables: 't1', map: 't2=t1' }, '--map gives t1 of the target to t2, and t1 of the source would pair'],
    [{ map: 't2=t1' }, '--map gives t1 of the target to t2, and t1 of the source would pair'],
    [
      { relax: ['t*.v:truncateTo=s', '*1.v:truncateTo=ms'] },
      '--relax says two things of t1.v, by "t*.v" and by "*1.v".',
    ],
    [
      { 'uuid-swap': ['t*.v:source', '*1.v:target'] },
      '--uuid-swap says two things of t1.v, by "t*.v" and by "*1.v".',
    ],
  ])('%j is refused, because it would not mean what it says', async (flags, sentence) => {
    await expect(run(flags)).rejects.toThrow(sentence);
  });

  it('is no hindrance where two of them say the same, or fit tables that are left out', async () => {
    expect(rowsOf(await run({ where: ['t*:id<10', '*1:id<10'] }))).toEqual({ t1: 2, t2: 2, u: 1 });
    expect(rowsOf(await run({ where: '*:id<10', exclude: 'u', key: '*:id' }))).toEqual({ t1: 2, t2: 2 });
  });

  it('is taken in a config file too, for conditions and modes, and a flag for a table wins', async () => {
    const settings = 'exclude: [u]\ntableSettings:\n  "t*": { where: id < 10, targetWhere: id < 10 }\n';
    const { exitCode, stdout } = await runFile(settings);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { sourceRows: 4, targetRows: 4, changed: 2 } });
    const narrower = await runFile(settings, '--where', '*1:id = 1', '--target-where', '*1:id = 1');
    expect(narrower).toMatchObject({ exitCode: 2 });
    const byName = await runFile(settings, '--where', 't1:id = 1', '--target-where', 't1:id = 1');
    expect(JSON.parse(byName.stdout)).toMatchObject({ totals: { sourceRows: 3, targetRows: 3, changed: 1 } });
    const counted = await runFile('tableSettings:\n  "t*": { mode: count }\n  t2: { mode: full }\n');
    const modes = (JSON.parse(counted.stdout) as { tables: { mode: string }[] }).tables;
    expect(modes.map(({ mode }) => mode)).toEqual(['count', 'full', 'full']);
    const mapped = await runFile('tableSettings:\n  "t*": { target: u }\n');
    expect(mapped).toMatchObject({ exitCode: 2 });
    expect(mapped.stderr).toContain('tableSettings."t*".target pairs one table with one other, and "t*" is');
  });

  it('replaces what the file says of the tables that it fits', async () => {
    const settings = 'exclude: [u]\ntableSettings:\n  t1: { where: id < 10, targetWhere: id < 10 }\n';
    const { stdout } = await runFile(settings, '--where', 't*:id = 1');
    expect(JSON.parse(stdout)).toMatchObject({ totals: { sourceRows: 2, targetRows: 2, changed: 0 } });
  });

  it('is taken from a program too', async () => {
    const settings: VerifySettings = {
      source: source.url,
      target: target.url,
      workers: 1,
      exclude: ['u'],
      tableSettings: { 't*': { where: 'id < 10', key: ['code'], ignoreColumns: ['v'] }, t2: { key: ['id'] } },
    };
    const outcome = await verify(resolveConfig(settings));
    await outcome.close();
    expect(outcome.result.tables.map(({ key, sourceRows }) => [key, sourceRows])).toEqual([
      [['code'], 2],
      [['id'], 2],
    ]);
  });

  it('pairs columns of every table that it fits', async () => {
    await target.run('ALTER TABLE t1 RENAME v TO w; ALTER TABLE t2 RENAME v TO w');
    const { stdout } = await runFile('exclude: [u]\ntableSettings:\n  "t*": { columnMap: { v: w } }\n');
    await target.run('ALTER TABLE t1 RENAME w TO v; ALTER TABLE t2 RENAME w TO v');
    expect(JSON.parse(stdout)).toMatchObject({ totals: { changed: 4 }, tables: [{ findings: [] }, {}] });
  });
});
