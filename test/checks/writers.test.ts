import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKnownAccount } from '../../src/checks/writers/known-accounts.js';
import type { CheckFinding } from '../../src/core/gate/check.js';
import { known } from '../../src/core/gate/fact.js';
import { mergeSessions } from '../../src/core/gate/session-facts.js';
import { availableEngines, type TestDatabase, type TestSession, useDatabase } from '../support/database.js';
import { checkSides, type GateAsk } from '../support/gate/check-sides.js';
import { writeFix } from '../support/gate/write-fix.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import { startPrivatePostgres } from '../support/private-postgres.js';
import { useServer } from '../support/servers/use-server.js';

describe.each(availableEngines())('writers on %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const isPostgresql = engine === 'postgresql';
  const tag = randomBytes(4).toString('hex');
  /** Names with quotes in them come back quoted. */
  const [app, reader, checker] = [`a'pp"${tag}`, `reader_${tag}`, `checker_${tag}`];
  const accountOf = (user: string): string =>
    isPostgresql
      ? `"${user.replaceAll('"', '""')}"`
      : user.includes("'")
        ? `\`${user}\`@'%'`
        : `'${user}'@'%'`;
  const urlOf = (url: string, user: string): string => {
    const own = new URL(url);
    own.username = encodeURIComponent(user);
    own.password = 'secret-7A';
    return own.href;
  };
  const open = (user: string, url: string): Promise<TestSession> =>
    (isPostgresql ? postgresqlAdmin : mysqlAdmin)(url).openSession(urlOf(url, user));
  const ask = (phase: GateAsk['phase'] = 'cutover', flags: Partial<GateAsk> = {}, id = 'writers') =>
    checkSides(id, { source: from.url, target: to.url, phase, ...flags });
  /** Other sessions are on the server too: those of the tests themselves, and of other tests. */
  const about = (user: string, findings: readonly CheckFinding[]) =>
    findings
      .filter(({ subject }) => subject === accountOf(user))
      .map(({ level, evidence }) => `${level}: ${evidence.replace(/: (from|named) .*$/, '')}`);

  beforeAll(async () => {
    await from.run('CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1)');
    await to.run('CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1)');
    for (const user of [app, reader, checker])
      await from.run(
        isPostgresql
          ? `CREATE ROLE ${accountOf(user)} LOGIN PASSWORD 'secret-7A'`
          : `CREATE USER ${accountOf(user)} IDENTIFIED BY 'secret-7A'`,
      );
    for (const database of [from, to])
      await database.run(
        isPostgresql
          ? `GRANT SELECT, UPDATE ON t TO ${accountOf(app)}; GRANT SELECT ON t TO ${accountOf(reader)}, ${accountOf(checker)}`
          : `GRANT SELECT, UPDATE ON ${database.name}.* TO ${accountOf(app)};
             GRANT SELECT ON ${database.name}.* TO ${accountOf(reader)};
             GRANT SELECT ON ${database.name}.* TO ${accountOf(checker)}`,
      );
  });
  afterAll(async () => {
    for (const user of [app, reader, checker]) {
      if (isPostgresql)
        for (const database of [from, to]) await database.run(`DROP OWNED BY ${accountOf(user)}`);
      await from.run(`DROP ${isPostgresql ? 'ROLE' : 'USER'} ${accountOf(user)}`);
    }
  });

  it('fail on the source where an account may write, though it sleeps, and one that only reads passes', async () => {
    const sleeping = await open(app, from.url);
    const reading = await open(reader, from.url);
    try {
      await reading.query('SELECT * FROM t');
      const findings = await ask();
      const [found] = findings.filter(({ subject }) => subject === accountOf(app));
      expect(about(app, findings)[0]).toBe('failed: 1 session on the source may write');
      expect(about(reader, findings)).toEqual([]);
      expect(found?.consequence).toBe('rows may change after they were compared, and never reach the target');
      const fix = found?.fix == null ? null : writeFix(isPostgresql ? 'postgres' : 'mysql', found.fix.action);
      expect(fix?.isSafe).toBe(false);
      expect(fix?.statements[0]).toMatch(
        isPostgresql ? /^SELECT pg_catalog.pg_terminate_backend\(\d+\)$/ : /^KILL \d+$/,
      );
      expect(about(app, await ask('preflight'))[0]).toBe('note: 1 session on the source may write');
      expect(about(app, await ask('after'))[0]).toBe('failed: 1 session on the source may write');
    } finally {
      await sleeping.close();
      await reading.close();
    }
  });

  it('fail where an open transaction has written, and warn on the target where an account may', async () => {
    const writing = await open(app, to.url);
    try {
      const idle = about(app, await ask());
      expect(idle.at(-1)).toBe('warning: 1 session on the target may write');
      await writing.run('BEGIN; UPDATE t SET v = 4242 WHERE id = 1');
      // MariaDB keeps its list of transactions for a tenth of a second after whoever asked last.
      await expect
        .poll(async () => about(app, await ask()).at(-1), { timeout: 10_000, interval: 150 })
        .toBe('failed: 1 session on the target writes');
      const transactions = await ask('cutover', {}, 'open-transactions');
      const [found] = transactions.filter(({ subject }) => subject === accountOf(app));
      expect(found?.level).toBe('failed');
      expect(found?.evidence).toMatch(
        /^session \d+ on the (source|target) has written and not committed, idle for /,
      );
      expect(found?.evidence).not.toContain('4242');
      const after = await ask('after');
      expect(after.filter(({ evidence }) => evidence.includes('on the target'))).toEqual([]);
    } finally {
      await writing.close();
    }
  });

  it('are not checked where the account may not see other sessions, or what they may do', async () => {
    const sleeping = await open(app, from.url);
    try {
      const flags = { source: urlOf(from.url, checker) };
      const grant = isPostgresql
        ? `GRANT pg_read_all_stats TO ${accountOf(checker)}`
        : `GRANT PROCESS ON *.* TO ${accountOf(checker)}`;
      expect((await ask('cutover', flags))[0]).toMatchObject({
        level: 'not-checked',
        subject: 'source',
        advice: grant,
      });
      expect((await ask('cutover', flags, 'open-transactions'))[0]?.level).toBe('not-checked');
      await from.run(grant);
      const findings = await ask('cutover', flags);
      if (isPostgresql) {
        expect(about(app, findings)).toEqual(['failed: 1 session on the source may write']);
        return;
      }
      const [found] = findings.filter(({ subject }) => subject.includes(tag) && subject.includes('pp"'));
      expect(found?.level).toBe('not-checked');
      expect(found?.advice).toContain(`ON mysql.user TO ${accountOf(checker)}`);
      for (const statement of found?.advice.split('; ') ?? []) await from.run(statement);
      expect(about(app, await ask('cutover', flags))[0]).toBe('failed: 1 session on the source may write');
    } finally {
      await sleeping.close();
    }
  });

  it('know a role that the account may take, and that it may write one column', async () => {
    const [role, member] = [`role_${tag}`, `member_${tag}`];
    const quoted = isPostgresql ? `"${role}"` : engine === 'mysql' ? `'${role}'@'%'` : `'${role}'`;
    const account = accountOf(member);
    await from.run(
      isPostgresql
        ? `CREATE ROLE ${quoted}; GRANT UPDATE (v) ON t TO ${quoted}; CREATE ROLE ${account} NOINHERIT LOGIN PASSWORD 'secret-7A';
           GRANT ${quoted} TO ${account}`
        : `CREATE ROLE ${quoted}; GRANT UPDATE (v) ON ${from.name}.t TO ${quoted}; CREATE USER ${account} IDENTIFIED BY 'secret-7A';
           GRANT SELECT ON ${from.name}.* TO ${account}; GRANT ${quoted} TO ${account}`,
    );
    const session = await open(member, from.url);
    try {
      expect(about(member, await ask())).toEqual(['failed: 1 session on the source may write']);
    } finally {
      await session.close();
      if (isPostgresql) await from.run(`DROP OWNED BY ${quoted}`);
      await from.run(`DROP ${isPostgresql ? 'ROLE' : 'USER'} ${account}; DROP ROLE ${quoted}`);
    }
  });

  it.runIf(engine === 'mysql')('know a role that everybody has', async () => {
    const role = `must_${tag}`;
    const session = await open(reader, from.url);
    await from.run(`CREATE ROLE '${role}'; GRANT INSERT ON ${from.name}.* TO '${role}'`);
    try {
      expect(about(reader, await ask())).toEqual([]);
      await from.run(`SET GLOBAL mandatory_roles = 'nobody_has_it@localhost, \`${role}\`@\`%\`'`);
      expect(about(reader, await ask())).toEqual(['failed: 1 session on the source may write']);
    } finally {
      await from.run(`SET GLOBAL mandatory_roles = ''; DROP ROLE '${role}'`);
      await session.close();
    }
  });

  it.runIf(!isPostgresql)('find a transaction that is prepared', async () => {
    const session = await open(app, from.url);
    const name = `gtrid-${tag}`;
    try {
      await session.run(`XA START '${name}'; UPDATE t SET v = 2; XA END '${name}'; XA PREPARE '${name}'`);
      const findings = await ask('cutover', {}, 'open-transactions');
      expect(findings.filter((each) => each.subject === `XA ${name}`)[0]).toMatchObject({
        level: 'failed',
        consequence: 'its rows are locked, and change when somebody commits it',
      });
    } finally {
      await session.run(`XA ROLLBACK '${name}'`).catch(() => undefined);
      await session.close();
    }
  });

  it.runIf(!isPostgresql)(
    'say that an event runs on the source until the switch, and fails after it',
    async () => {
      const [[before] = []] = await from.query('SELECT @@GLOBAL.event_scheduler');
      await from.run(
        'SET GLOBAL event_scheduler = ON; CREATE EVENT `no``on` ON SCHEDULE EVERY 1 DAY STARTS NOW() + INTERVAL 1 DAY DO DO 1',
      );
      try {
        const [note] = await ask('cutover', {}, 'schedulers');
        expect(note).toMatchObject({ level: 'note', subject: `${from.name}.no\`on` });
        const action = note?.fix?.action;
        expect(
          action === undefined ? null : writeFix(isPostgresql ? 'postgres' : 'mysql', action),
        ).toMatchObject({
          statements: [`ALTER EVENT \`${from.name}\`.\`no\`\`on\` DISABLE`],
          isSafe: false,
        });
        expect((await ask('after', {}, 'schedulers'))[0]).toMatchObject({ level: 'failed' });
        expect((await ask('after', { source: urlOf(from.url, checker) }, 'schedulers'))[0]?.level).toBe(
          'not-checked',
        );
      } finally {
        await from.run(
          `DROP EVENT \`no\`\`on\`; SET GLOBAL event_scheduler = ${before === 'ON' ? 'ON' : 'OFF'}`,
        );
      }
    },
  );
});

describe('writers of PostgreSQL', () => {
  const server = useServer({
    name: 'postgresql',
    engine: 'postgresql',
    start: ({ parent }) => startPrivatePostgres(parent, undefined, ['-c', 'max_prepared_transactions=5']),
  });
  let [from, to]: [TestDatabase | null, TestDatabase | null] = [null, null];
  const ask = (id: string, phase: GateAsk['phase'] = 'cutover') =>
    checkSides(id, { source: from?.url ?? '', target: to?.url ?? '', phase });

  beforeAll(async () => {
    [from, to] = [await server.openDatabase(), await server.openDatabase()];
    for (const database of [from, to])
      await database.run(
        `CREATE TABLE t (id INT PRIMARY KEY); CREATE SCHEMA cron;
         CREATE TABLE cron.job (jobid BIGINT, jobname TEXT, database TEXT, active BOOL);
         INSERT INTO cron.job VALUES (7, 'nightly', current_database(), true), (8, NULL, current_database(), false)`,
      );
    await from.run(
      `CREATE ROLE older LOGIN PASSWORD 'x7'; GRANT INSERT ON t TO older; CREATE ROLE plain LOGIN PASSWORD 'x7'`,
    );
  });

  it('are a warning where a default keeps new sessions from writing, which one may have set aside', async () => {
    const url = new URL(from?.url ?? '');
    [url.username, url.password] = ['older', 'x7'];
    const session = await postgresqlAdmin(url.href).openSession(url.href);
    const about = async () =>
      (await ask('writers')).filter(({ subject }) => subject === '"older"').map(({ level }) => level);
    try {
      expect(await about()).toEqual(['failed']);
      await from?.run('ALTER ROLE older SET default_transaction_read_only = on');
      expect(await about()).toEqual(['warning']);
      await from?.run('ALTER ROLE older RESET default_transaction_read_only');
      await from?.query('ALTER SYSTEM SET default_transaction_read_only = on');
      await from?.query('SELECT pg_reload_conf()');
      await expect.poll(about).toEqual(['warning']);
    } finally {
      await session.close();
      await from?.query('ALTER SYSTEM RESET default_transaction_read_only');
      await from?.query('SELECT pg_reload_conf()');
    }
  });

  it('find a transaction that is prepared', async () => {
    await expect
      .poll(async () => (await from?.query('SHOW default_transaction_read_only'))?.[0]?.[0])
      .toBe('off');
    await from?.run("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'two phases'");
    try {
      expect(await ask('open-transactions')).toMatchObject([{ level: 'failed', subject: 'two phases' }]);
    } finally {
      await from?.query("ROLLBACK PREPARED 'two phases'");
    }
  });

  it('find a job that runs on both sides, and one that does not run after the switch', async () => {
    const [both] = await ask('schedulers');
    expect(both).toMatchObject({ level: 'note', subject: 'job nightly' });
    expect((await ask('schedulers')).map(({ level, subject }) => `${level} ${subject}`)).toEqual([
      'note job nightly',
      'failed job nightly',
    ]);
    await to?.run('UPDATE cron.job SET active = false');
    const [, off] = await ask('schedulers');
    expect(off).toMatchObject({ level: 'note', evidence: 'is off on the target until the switch' });
    const action = off?.fix?.action;
    expect(action === undefined ? null : writeFix('postgres', action)?.statements).toEqual([
      'SELECT cron.alter_job(7, active := true)',
    ]);
    expect((await ask('schedulers', 'after')).map(({ level, subject }) => `${level} ${subject}`)).toEqual([
      'failed job nightly',
      'warning job nightly',
      'warning job 8',
    ]);
  });

  it('are not checked where jobs are hidden', async () => {
    const url = new URL(from?.url ?? '');
    [url.username, url.password] = ['plain', 'x7'];
    const [found] = await checkSides('schedulers', {
      source: url.href,
      target: to?.url ?? '',
      phase: 'after',
    });
    expect(found).toMatchObject({
      level: 'not-checked',
      advice: 'GRANT USAGE ON SCHEMA cron TO "plain"; GRANT SELECT ON cron.job TO "plain"',
    });
  });
});

describe('what is known of accounts', () => {
  it('tells those of services and monitoring from others', () => {
    expect(
      ['rdsadmin', 'CloudSQLAdmin', 'datadog', 'my_exporter'].map((name) => findKnownAccount(name) !== null),
    ).toEqual([true, true, true, true]);
    expect(['app', 'rdsadmin2', 'monitor_app', ''].map(findKnownAccount)).toEqual([null, null, null, null]);
  });

  it('keeps a session that wrote at one of several moments', () => {
    const base = {
      ...{ kind: 'client' as const, user: 'a', account: "'a'@'%'", from: '', application: '', grant: null },
      ...{
        state: 'idle' as const,
        sinceMs: 0,
        statement: null,
        mayWrite: 'no' as const,
        isOwn: false,
        transactionMs: null,
      },
    };
    const merged = mergeSessions([
      known([{ ...base, id: '1', isWriting: true }]),
      known([
        { ...base, id: '1', isWriting: false },
        { ...base, id: '2', isWriting: false },
      ]),
    ]);
    expect(merged.known && merged.value.map(({ id, isWriting }) => [id, isWriting])).toEqual([
      ['1', true],
      ['2', false],
    ]);
  });
});
