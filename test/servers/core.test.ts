import { beforeAll, describe, expect, it } from 'vitest';
import { runGate } from '../../src/app/gate/run-gate.js';
import { openSide } from '../../src/app/open-side.js';
import { CHECKS } from '../../src/checks/list.js';
import { processEnvironment } from '../../src/config/environment.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { RowproofError } from '../../src/core/errors.js';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { expectRoundTrip } from '../repair/repair-round.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { type ServerKind, serversToTest } from '../support/servers/list.js';
import { useServer } from '../support/servers/use-server.js';
import { sqlPartsFor } from '../support/sql-engine.js';
import { processList, slowCondition } from '../traps/slow-reads.js';
import { coreTables, PORTABLE_SCRIPT } from './core-tables.js';
import { setHostileGlobals } from './hostile-globals.js';
import { leastAccount } from './least-account.js';

const MANY_ROWS = 4096;
/** Nine runs, each in a process of its own or with two workers. */
const LONG_TIMEOUT_MS = 400_000;

/** The same tables on both sides, on one server. */
async function fill(database: TestDatabase): Promise<void> {
  for (const { name, create, rows } of coreTables(database.engine)) {
    await database.run(create);
    await database.run(`INSERT INTO ${name} VALUES ${rows.map((row) => `(${row})`).join(', ')}`);
  }
}

async function hasFunction(database: TestDatabase, name: string): Promise<boolean> {
  const found = await database.query(`SELECT 1 FROM pg_proc WHERE proname = '${name}'`);
  return found.length > 0;
}

/** The sessions that are at work on such a statement. */
function findStatements(database: TestDatabase, { engine, name }: ServerKind, text: string) {
  const list = name === 'mysql-5.6' ? 'information_schema.processlist' : processList(engine);
  return database.query(
    engine === 'postgresql'
      ? `SELECT pid FROM pg_stat_activity WHERE datname = '${database.name}' AND query LIKE '/*NO LOAD BALANCE*/ ${text}%' AND state = 'active'`
      : `SELECT id FROM ${list} WHERE db = '${database.name}' AND info LIKE '${text}%'`,
  );
}

async function damage(database: TestDatabase): Promise<void> {
  const changes = coreTables(database.engine).flatMap((table) => table.damage);
  for (const { sql } of changes) await database.run(sql);
}

describe.each(serversToTest())('$name', (kind) => {
  const server = useServer(kind);
  let source: TestDatabase;
  let target: TestDatabase;

  beforeAll(async () => {
    source = await server.openDatabase();
    target = await server.openDatabase();
    await Promise.all([fill(source), fill(target)]);
  });

  it('has a catalog that is read whole: tables, columns, keys and types', async () => {
    const { catalog, session } = await openSide({
      side: 'source',
      url: source.url,
      environment: processEnvironment(),
    });
    await session.close();
    expect(catalog.engine).toBe(kind.engine);
    expect(catalog.partial).toBeNull();
    const names = coreTables(kind.engine).map(({ name }) => name);
    expect(catalog.tables.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { name, columns, keys, unreadable } of catalog.tables) {
      expect(unreadable, name).toBeNull();
      expect(
        keys.filter(({ primary }) => primary),
        name,
      ).toHaveLength(1);
      expect(
        columns.map(({ type }) => type.kind),
        name,
      ).not.toContain('unsupported');
    }
  });

  it('is verified against an equal copy, every column, by key order where both sides sort alike', async () => {
    const comparison = await compare({ source, target });
    expect(listDifferences(comparison)).toEqual([]);
    expect(comparison.result.verdict).toBe('verified');
    for (const { columns } of comparison.result.tables)
      expect(columns.filter(({ compared }) => !compared)).toEqual([]);
    expect(tableResult(comparison, 'every_type').strategy).toBe('range');
    expect(tableResult(comparison, 'word').strategy).toBe('bucket');
  });

  it('is verified against another engine', async () => {
    const other = await openTestDatabase(kind.engine === 'postgresql' ? 'mariadb' : 'postgresql');
    const own = await server.openDatabase();
    try {
      await Promise.all([own.run(PORTABLE_SCRIPT), other.run(PORTABLE_SCRIPT)]);
      expect((await compare({ source: own, target: other })).result.verdict).toBe('verified');
      await other.run("UPDATE orders SET note = 'a,c' WHERE id = 1; DELETE FROM tag WHERE name IS NULL");
      const differing = await compare({ source: own, target: other });
      expect(listDifferences(differing)).toEqual(['changed 1 note', expect.stringMatching(/^missing/)]);
    } finally {
      await other.drop();
    }
  });

  it('tells the gate all that it asks, and to a copy of it one may switch', async () => {
    const config = resolveFlags({ source: source.url, target: target.url });
    const { result, context } = await runGate({ config, phase: 'preflight' });
    for (const facts of Object.values(context.facts))
      expect(Object.entries(facts).filter(([, fact]) => !fact.known && fact.isAbsent !== true)).toEqual([]);
    const closing = result.checks.flatMap(({ id, findings }) =>
      findings
        .filter(({ level }) => level === 'failed' || level === 'not-checked')
        .map(({ subject, evidence }) => `${id} ${subject}: ${evidence}`),
    );
    expect(closing).toEqual([]);
    expect(result.verdict).toBe('ready');
    for (const check of CHECKS)
      for (const phase of check.phases)
        for (const { evidence } of check.find({ ...context, phase }))
          expect(evidence).not.toMatch(/undefined|NaN|null/);
  });

  it('says who is there, and of each table whether it was written', async () => {
    const { session, catalog } = await openSide({
      side: 'source',
      url: source.url,
      environment: processEnvironment(),
    });
    try {
      const own = { ownSessionIds: [session.serverSessionId] };
      const marks = await session.ask('write-marks', { tables: catalog.tables, ...own });
      expect([...marks.keys()].sort()).toEqual(catalog.tables.map(({ name }) => name).sort());
      const sessions = await session.ask('gate-sessions', { schema: catalog.schema, ...own });
      expect(sessions.known && sessions.value.some(({ isOwn }) => isOwn)).toBe(true);
    } finally {
      await session.close();
    }
  });

  it('estimates how many rows a key range has', async () => {
    const database = await server.openDatabase();
    await database.run('CREATE TABLE many (id int PRIMARY KEY, n int); INSERT INTO many VALUES (1, 0)');
    for (let rows = 1; rows < MANY_ROWS; rows *= 2)
      await database.run(`INSERT INTO many SELECT id + ${rows}, n FROM many`);
    await database.run(kind.engine === 'postgresql' ? 'ANALYZE many' : 'ANALYZE TABLE many');
    const { session, catalog } = await openSide({
      side: 'source',
      url: database.url,
      environment: processEnvironment(),
    });
    try {
      const [table] = catalog.tables;
      if (table === undefined) throw new Error('There is no table many.');
      const key = table.columns.filter(({ name }) => name === 'id');
      const after = [{ kind: 'int' as const, value: BigInt(MANY_ROWS / 2) }];
      const estimate = await session.ask('estimate', {
        ...{ table, columns: key, key, where: null, limit: null, offset: 0, descending: false },
        range: { after, upTo: null },
      });
      expect(estimate).toBeGreaterThan(MANY_ROWS / 8);
      expect(estimate).toBeLessThan(MANY_ROWS * 2);
      expect(table.estimatedRows).toBeGreaterThan(MANY_ROWS / 8);
    } finally {
      await session.close();
    }
  });

  it('ends a statement that takes longer than it may, and runs it no further', async () => {
    const url = new URL(source.url);
    url.searchParams.set('statement-timeout', '0.3');
    const engine = sqlPartsFor(url.href);
    const settings = engine.resolveConnection(url, processEnvironment());
    const session = await engine.openSql(settings);
    const catalog = await engine.readCatalog(session, { settings });
    const columns = catalog.tables.find(({ name }) => name === 'word')?.columns.slice(1) ?? [];
    const word = kind.engine === 'postgresql' ? 'public.word' : 'word';
    const sql = `SELECT n FROM ${word} WHERE ${slowCondition(kind.engine, 5)}`;
    try {
      for (const read of [() => session.readRows(sql, columns, () => true), () => session.query(sql)]) {
        const error = await read().then(
          () => null,
          (failure: unknown) => failure,
        );
        const code = error instanceof RowproofError ? error.code : engine.classifyError(error).code;
        expect(code).toBe('timeout');
        await expect.poll(() => findStatements(source, kind, 'SELECT n FROM')).toEqual([]);
      }
      expect(await session.query('SELECT 1 AS one')).toEqual([{ one: '1' }]);
    } finally {
      await session.close();
    }
  });

  it('says its load, and takes limits on it', async () => {
    const flags = { 'max-load': '1000', 'max-rows-per-second': '100000', tables: ['child'] };
    expect((await compare({ source, target, flags })).result.verdict).toBe('verified');
  });

  it('hashes rows itself where it can, and says why where it cannot', async () => {
    const flags = { 'checksum-on': 'server', tables: ['child'] };
    const comparison = await compare({ source, target, flags });
    const { verdict, checksum, findings } = tableResult(comparison, 'child');
    const canHash = kind.engine !== 'postgresql' || (await hasFunction(source, 'hash_record_extended'));
    expect({ verdict, checksum }).toEqual({ verdict: 'verified', checksum: canHash ? 'server' : 'client' });
    expect(findings.map(({ code }) => code)).toEqual(canHash ? [] : ['checksum-on-client']);
    expect(findings.every(({ message }) => message.includes('hash_record_extended'))).toBe(true);
  });

  it('needs no more than SELECT, and says where there is less', async () => {
    const account = await leastAccount(kind.engine, source);
    try {
      const whole = await compare({ source: { url: account.url }, target });
      expect(whole.result.verdict).toBe('verified');
      await account.takeSchema();
      await account.grantTable('parent');
      const named = await compare({ source: { url: account.url }, target, flags: { tables: ['parent'] } });
      expect(named.result.verdict).toBe('verified');
      const partial = await compare({ source: { url: account.url }, target });
      expect(partial.result.verdict).not.toBe('verified');
    } finally {
      await account.drop();
    }
  });

  it('is planned by the command line', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      'plan',
      '--source',
      source.url,
      '--target',
      target.url,
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('every_type');
  });

  it('shows every difference, and the repair makes the target equal and back', {
    timeout: LONG_TIMEOUT_MS,
  }, async () => {
    await damage(target);
    const comparison = await compare({ source, target });
    const expected = coreTables(kind.engine).flatMap((table) =>
      table.damage.map(({ difference }) => difference),
    );
    expect(listDifferences(comparison).sort()).toEqual([...expected, 'missing 3'].sort());
    const written = await expectRoundTrip({ source, target });
    expect(written.repair).not.toContain('left alone:');
    expect(comparison.result.tables.map(({ target: name }) => name)).toContain(
      `${kind.engine === 'postgresql' ? 'public' : target.name}.parent`,
    );
  });

  it.runIf(kind.isOwn && kind.engine !== 'postgresql')(
    'is read and repaired as it is, whatever its settings',
    { timeout: LONG_TIMEOUT_MS },
    async () => {
      const [one, other] = [await server.openDatabase(), await server.openDatabase()];
      await Promise.all([fill(one), fill(other)]);
      await damage(other);
      const sides = { source: one, target: other };
      const calm = await compare(sides);
      const { names, reset } = await setHostileGlobals(one);
      try {
        expect(names.length).toBeGreaterThan(20);
        const comparison = await compare(sides);
        expect(listDifferences(comparison)).toEqual(listDifferences(calm));
        expect(comparison.result.totals).toEqual(calm.result.totals);
        const written = await expectRoundTrip(sides);
        expect(written.repair).not.toContain('left alone:');
      } finally {
        await reset();
      }
    },
  );
});
