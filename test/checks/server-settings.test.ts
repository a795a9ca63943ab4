import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckFinding, Phase } from '../../src/core/gate/check.js';
import type { Side } from '../../src/core/pairing.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { brief, checkSides } from '../support/gate/check-sides.js';
import { writeFix } from '../support/gate/write-fix.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { startPrivateMariadb } from '../support/private-mariadb.js';
import { startPrivatePostgres } from '../support/private-postgres.js';
import { type ServerPair, startServers } from '../support/replication/pair.js';

type Databases = Record<Side, TestDatabase>;

/** Two servers of one kind of their own, because settings are those of whole servers. */
function usePair(
  engine: 'mariadb' | 'postgresql',
  start: (parent: string, side: Side) => ReturnType<typeof startPrivateMariadb>,
) {
  let servers: ServerPair | null = null;
  let databases: Databases | null = null;
  beforeAll(async () => {
    servers = await startServers(
      (parent) => start(parent, 'source'),
      (parent) => start(parent, 'target'),
    );
    databases = {
      source: await openTestDatabase(engine, servers.source.url),
      target: await openTestDatabase(engine, servers.target.url),
    };
    for (const database of Object.values(databases))
      await database.run('CREATE TABLE t (id INT PRIMARY KEY)');
  });
  afterAll(async () => {
    for (const database of Object.values(databases ?? {})) await database.drop();
    await servers?.stop();
  });
  const on = (side: Side): TestDatabase => {
    if (databases === null) throw new Error('The servers were not started.');
    return databases[side];
  };
  const ask = (id: string, phase: Phase = 'cutover', more: { source?: string; target?: string } = {}) =>
    checkSides(id, { source: on('source').url, target: on('target').url, phase, ...more });
  return { on, ask };
}

const mendOf = (scheme: string, found: CheckFinding | undefined) =>
  found?.fix == null ? null : writeFix(scheme, found.fix.action);

describe('settings of MariaDB', () => {
  const { on, ask } = usePair('mariadb', (parent, side) =>
    startPrivateMariadb(parent, side === 'source' ? ['--innodb-flush-log-at-trx-commit=1'] : []),
  );

  it('fail where what is committed may be lost on the target alone', async () => {
    const [found] = await ask('durability');
    expect(found).toMatchObject({
      level: 'failed',
      subject: 'innodb_flush_log_at_trx_commit',
      evidence: '0 on the target, 1 on the source',
    });
    expect(mendOf('mysql', found)).toMatchObject({
      statements: ['SET GLOBAL innodb_flush_log_at_trx_commit = 1'],
      isSafe: false,
      reversal: 'SET GLOBAL innodb_flush_log_at_trx_commit = 0',
    });
    expect((await ask('durability', 'preflight')).map(({ level }) => level)).toEqual(['note']);
    await on('source').run('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
    expect((await ask('durability')).map(({ level }) => level)).toEqual(['note']);
  });

  it('fail where a load switched checks off, which our own sessions do not say', async () => {
    expect(brief(await ask('load-settings'))).toEqual([]);
    await on('target').run('SET GLOBAL foreign_key_checks = 0, GLOBAL unique_checks = 0');
    expect(brief(await ask('load-settings'))).toEqual([
      'failed foreign_key_checks: OFF on the target, ON on the source',
      'failed unique_checks: OFF on the target, ON on the source',
    ]);
    await on('target').run('SET GLOBAL foreign_key_checks = 1, GLOBAL unique_checks = 1');
  });

  it('warn where statements mean something else', async () => {
    expect(brief(await ask('meanings'))).toEqual([]);
    await on('target').run(
      "SET GLOBAL sql_mode = 'ANSI_QUOTES', GLOBAL time_zone = '+02:00', GLOBAL max_allowed_packet = 16777216",
    );
    await on('target').run(`ALTER DATABASE ${on('target').name} CHARACTER SET latin1`);
    const found = await ask('meanings');
    expect(found.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
      'warning sql_mode',
      'warning time_zone',
      'warning max_allowed_packet',
      'warning collation of the schema',
    ]);
    expect(found[0]?.evidence).toContain('STRICT_TRANS_TABLES');
    expect(found[0]?.evidence).toMatch(/on the source alone; ANSI_QUOTES on the target alone$/);
    expect(found[2]?.evidence).toBe('16,777,216 bytes on the target, 268,435,456 on the source');
    await on('source').run("SET GLOBAL sql_mode = 'ANSI_QUOTES', GLOBAL time_zone = '+02:00'");
    expect((await ask('meanings')).map(({ subject }) => subject)).not.toContain('sql_mode');
  });

  it('warn where the source had more sessions than the target takes', async () => {
    expect(brief(await ask('connections'))).toEqual([]);
    await on('target').run('SET GLOBAL max_connections = 10');
    expect((await ask('connections')).map(({ level }) => level)).toEqual(['note']);
    const open = await Promise.all(
      Array.from({ length: 14 }, () => openTestDatabase('mariadb', on('source').url)),
    );
    await Promise.all(open.map((each) => each.query('SELECT 1')));
    expect((await ask('connections')).map(({ level }) => level)).toEqual(['warning']);
    await Promise.all(open.map((each) => each.drop()));
    await on('target').run('SET GLOBAL max_connections = 100');
  });

  it('warn where an account is locked, and are not checked where accounts are hidden', async () => {
    for (const side of ['source', 'target'] as const)
      await on(side).run(
        "CREATE USER app@'%' IDENTIFIED BY 'x7'; CREATE USER looker@'%' IDENTIFIED BY 'x7'; GRANT SELECT ON *.* TO looker@'%'; CREATE USER blind@'%' IDENTIFIED BY 'x7'; GRANT SELECT ON " +
          on(side).name +
          ".* TO blind@'%'",
      );
    expect(brief(await ask('expired-accounts'))).toEqual([]);
    await on('target').run("ALTER USER app@'%' ACCOUNT LOCK");
    expect(brief(await ask('expired-accounts'))).toEqual(["warning 'app'@'%': is locked on the target"]);
    await on('target').run("ALTER USER app@'%' ACCOUNT UNLOCK PASSWORD EXPIRE");
    expect(brief(await ask('expired-accounts'))).toEqual([
      "warning 'app'@'%': has a password that has expired on the target",
    ]);
    await on('source').run("ALTER USER app@'%' ACCOUNT LOCK");
    expect(brief(await ask('expired-accounts'))).toEqual([]);
    const url = new URL(on('target').url);
    [url.username, url.password] = ['blind', 'x7'];
    expect(await ask('expired-accounts', 'cutover', { target: url.href })).toMatchObject([
      { level: 'not-checked', subject: 'target', advice: "GRANT SELECT ON mysql.global_priv TO 'blind'@'%'" },
    ]);
  });
});

describe('writers of MariaDB', () => {
  const { on, ask } = usePair('mariadb', (parent) => startPrivateMariadb(parent));

  it('pass on a server that takes no writes, but for accounts that may override that', async () => {
    const source = on('source');
    await source.run(
      `CREATE USER app@'%' IDENTIFIED BY 'x7'; GRANT ALL ON ${source.name}.* TO app@'%';
       CREATE USER boss@'%' IDENTIFIED BY 'x7'; GRANT ALL ON *.* TO boss@'%'`,
    );
    const open = (user: string) => {
      const url = new URL(source.url);
      [url.username, url.password] = [user, 'x7'];
      return mysqlAdmin(url.href).openSession(url.href);
    };
    const sessions = [await open('app'), await open('boss')];
    const found = async () =>
      brief(await ask('writers')).filter(
        (line) => /'(app|boss)'/.test(line) && line.includes('on the source'),
      );
    try {
      expect(await found()).toHaveLength(2);
      await source.run('SET GLOBAL read_only = ON');
      expect(await found()).toEqual([
        expect.stringMatching(/^failed 'boss'@'%': 1 session on the source may write/),
      ]);
    } finally {
      await source.run('SET GLOBAL read_only = OFF');
      await Promise.all(sessions.map((session) => session.close()));
    }
  });
});

describe('settings of PostgreSQL', () => {
  const sound = ['fsync', 'synchronous_commit', 'full_page_writes'].flatMap((name) => ['-c', `${name}=on`]);
  const { on, ask } = usePair('postgresql', (parent, side) =>
    startPrivatePostgres(parent, undefined, side === 'source' ? sound : ['-c', 'autovacuum=off']),
  );

  it('fail where what is committed may be lost on the target alone', async () => {
    const found = await ask('durability');
    expect(found.map(({ level, subject }) => `${level} ${subject}`).sort()).toEqual([
      'failed autovacuum',
      'failed fsync',
      'failed full_page_writes',
      'failed synchronous_commit',
    ]);
    expect(
      mendOf(
        'postgres',
        found.find(({ subject }) => subject === 'fsync'),
      )?.statements,
    ).toEqual(["ALTER SYSTEM SET fsync = 'on'", 'SELECT pg_catalog.pg_reload_conf()']);
  });

  it('say where new sessions of the database, or of a role, fire no triggers', async () => {
    expect(brief(await ask('load-settings'))).toEqual([]);
    await on('target').run(
      `ALTER DATABASE ${on('target').name} SET session_replication_role = replica; CREATE ROLE "lo""ad";
       ALTER ROLE "lo""ad" SET session_replication_role = replica`,
    );
    const found = await ask('load-settings');
    expect(found.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
      'failed session_replication_role of the database',
      'warning session_replication_role of role lo"ad',
    ]);
    expect(mendOf('postgres', found[1])?.statements).toEqual([
      'ALTER ROLE "lo""ad" RESET session_replication_role',
    ]);
    await on('source').run(`ALTER DATABASE ${on('source').name} SET session_replication_role = replica`);
    expect((await ask('load-settings')).map(({ level }) => level)).toEqual(['note', 'warning']);
    for (const side of ['source', 'target'] as const)
      await on(side).run(`ALTER DATABASE ${on(side).name} RESET ALL`);
  });

  it('warn where statements mean something else, and where a role of the source has a path of its own', async () => {
    expect(brief(await ask('meanings'))).toEqual([]);
    await on('target').run(`ALTER DATABASE ${on('target').name} SET DateStyle = 'ISO, DMY'`);
    await on('source').run(`CREATE ROLE app; ALTER ROLE app SET search_path = shop, public`);
    expect(brief(await ask('meanings'))).toEqual([
      'warning DateStyle of the database: ISO, DMY on the target, ISO, MDY on the source',
      'warning search_path of role app: is shop, public on the source, and not set on the other side',
    ]);
  });

  it('find unlogged tables, empty materialized views, missing extensions and tables that were never analyzed', async () => {
    const create = `CREATE UNLOGGED TABLE "f""ast" (id INT PRIMARY KEY); CREATE MATERIALIZED VIEW sums AS SELECT 1 AS n`;
    await on('source').run(
      `${create}; ALTER TABLE "f""ast" SET LOGGED; CREATE TABLE big (id INT PRIMARY KEY, v TEXT)`,
    );
    await on('target').run(
      `${create} WITH NO DATA; CREATE TABLE big (id INT PRIMARY KEY, v TEXT);
       INSERT INTO big SELECT i, repeat('x', 200) FROM generate_series(1, 8000) AS i`,
    );
    const [table] = await ask('unlogged');
    expect(table).toMatchObject({ level: 'failed', subject: 'public.f"ast' });
    expect(mendOf('postgres', table)?.statements).toEqual(['ALTER TABLE "public"."f""ast" SET LOGGED']);
    expect((await ask('unlogged', 'preflight')).map(({ level }) => level)).toEqual(['note']);
    expect(brief(await ask('materialized-views'))).toEqual(['failed public.sums: was never filled']);
    const [large] = await ask('statistics');
    expect(large).toMatchObject({ level: 'warning', subject: 'public.big' });
    expect(mendOf('postgres', large)).toMatchObject({
      statements: ['ANALYZE "public"."big"'],
      isSafe: true,
    });
    await on('target').run('ANALYZE big; REFRESH MATERIALIZED VIEW sums');
    expect(brief(await ask('statistics'))).toEqual([]);
    expect(brief(await ask('materialized-views'))).toEqual([]);
    await on('source').run('ALTER TABLE "f""ast" SET UNLOGGED; REFRESH MATERIALIZED VIEW sums WITH NO DATA');
    await on('target').run('REFRESH MATERIALIZED VIEW sums WITH NO DATA');
    expect((await ask('unlogged')).map(({ level }) => level)).toEqual(['note']);
    expect((await ask('materialized-views')).map(({ level }) => level)).toEqual(['note']);
  });

  it('warn where an extension is missing, a role expires, or has expired', async () => {
    expect(brief(await ask('extensions'))).toEqual([]);
    const [available] = await on('source').query(
      "SELECT name FROM pg_available_extensions WHERE name IN ('hstore', 'citext', 'tablefunc') LIMIT 1",
    );
    if (available !== undefined) {
      await on('source').run(`CREATE EXTENSION ${available[0]}`);
      expect((await ask('extensions')).map(({ level, subject }) => `${level} ${subject}`)).toEqual([
        `warning ${available[0]}`,
      ]);
    }
    for (const side of ['source', 'target'] as const)
      await on(side).run('CREATE ROLE gone LOGIN; CREATE ROLE soon LOGIN; CREATE ROLE both_gone LOGIN');
    await on('target').run(
      `ALTER ROLE gone VALID UNTIL '2001-01-01'; ALTER ROLE both_gone VALID UNTIL '2001-01-01';
       DO $$ BEGIN EXECUTE format('ALTER ROLE soon VALID UNTIL %L', now() + interval '3 days 1 hour'); END $$`,
    );
    await on('source').run("ALTER ROLE both_gone VALID UNTIL '2001-01-01'");
    expect(brief(await ask('expired-accounts'))).toEqual([
      'warning "gone": has a password that has expired on the target',
      'warning "soon": its password on the target expires in 3 days',
    ]);
  });
});
