import { describe, expect, it } from 'vitest';
import { changeLog } from '../../src/checks/way/change-log.js';
import { longTransactions } from '../../src/checks/way/long-transactions.js';
import { known } from '../../src/core/gate/fact.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { brief, checkSides, readSides } from '../support/gate/check-sides.js';
import { writeFix } from '../support/gate/write-fix.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';

describe.each(availableEngines())('the way from %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const isPostgresql = engine === 'postgresql';

  it('warns where nothing can follow the log, and says so in a note where something does', async () => {
    for (const database of [from, to]) await database.run('CREATE TABLE t (id INT PRIMARY KEY)');
    const context = await readSides({ source: from.url, target: to.url, phase: 'preflight' });
    const { settings } = context.facts.source;
    const ways = settings.known ? settings.value.filter(({ concern }) => concern === 'way') : [];
    expect(ways.map(({ name }) => name)).toContain(isPostgresql ? 'wal_level' : 'log_bin');
    const unsound = ways.map((setting) => ({ ...setting, isSound: false }));
    const facts = { ...context.facts, source: { ...context.facts.source, settings: known(unsound) } };
    expect(changeLog.find({ ...context, facts }).every(({ level }) => level === 'warning')).toBe(true);
    const way = { way: 'gtid', tables: 1, name: null };
    const followed = { ...context, facts, follow: { ...context.follow, ways: [way] } };
    expect(changeLog.find(followed).every(({ level }) => level === 'note')).toBe(true);
    const sound = ways.map((setting) => ({ ...setting, isSound: true }));
    const well = { ...context.facts, source: { ...context.facts.source, settings: known(sound) } };
    expect(changeLog.find({ ...context, facts: well })).toEqual([]);
  });

  it.runIf(!isPostgresql)('warns of tables that know no transactions', async () => {
    await from.run('CREATE TABLE old (id INT PRIMARY KEY) ENGINE = MyISAM');
    await to.run('CREATE TABLE old (id INT PRIMARY KEY)');
    expect(
      brief(await checkSides('storage-engines', { source: from.url, target: to.url, phase: 'preflight' })),
    ).toEqual([`warning ${from.name}.old: is stored by MyISAM on the source, which knows no transactions`]);
  });

  it('warns of a transaction that is open for long', async () => {
    const name = `idle_${from.name.slice(-8)}`;
    const account = isPostgresql ? `"${name}"` : `'${name}'@'%'`;
    await from.run(
      isPostgresql
        ? `CREATE ROLE ${account} LOGIN PASSWORD 'x7'; GRANT SELECT ON t TO ${account}`
        : `CREATE USER ${account} IDENTIFIED BY 'x7'; GRANT SELECT ON ${from.name}.* TO ${account}`,
    );
    const url = new URL(from.url);
    [url.username, url.password] = [name, 'x7'];

    const session = await (isPostgresql ? postgresqlAdmin : mysqlAdmin)(url.href).openSession(url.href);
    try {
      await session.run('BEGIN; SELECT * FROM t');
      const context = await readSides({ source: from.url, target: to.url, phase: 'preflight' });
      const { sessions } = context.facts.source;
      const own = (sessions.known ? sessions.value : []).filter((each) => each.account === account);
      expect(own).toHaveLength(1);
      expect(own[0]?.transactionMs).toBeGreaterThanOrEqual(0);
      expect(own[0]?.transactionMs).toBeLessThan(60_000);
      const older = own.map((each) => ({ ...each, transactionMs: 700_000 }));
      const facts = { ...context.facts, source: { ...context.facts.source, sessions: known(older) } };
      const found = longTransactions.find({ ...context, facts }).filter(({ subject }) => subject === account);
      expect(found).toMatchObject([{ level: 'warning' }]);
      expect(found[0]?.evidence).toMatch(/has a transaction open for 11 min 40 s, idle$/);
    } finally {
      await session.close();
      if (isPostgresql) await from.run(`DROP OWNED BY ${account}`);
      await from.run(`DROP ${isPostgresql ? 'ROLE' : 'USER'} ${account}`);
    }
  });

  it.runIf(isPostgresql)('fails where rows of a published table cannot be named', async () => {
    for (const database of [from, to])
      await database.run(
        `CREATE TABLE "no""key" (v INT); CREATE TABLE whole (v INT); ALTER TABLE whole REPLICA IDENTITY FULL;
         CREATE TABLE named (v INT NOT NULL UNIQUE); ALTER TABLE named REPLICA IDENTITY USING INDEX named_v_key`,
      );
    const ask = () =>
      checkSides('replica-identity', { source: from.url, target: to.url, phase: 'preflight' });
    expect((await ask()).map(({ level, subject }) => `${level} ${subject}`)).toEqual([
      'warning public.no"key',
    ]);
    await from.run('CREATE PUBLICATION ours FOR TABLE "no""key", whole');
    const [found] = await ask();
    expect(found?.level).toBe('failed');
    const action = found?.fix?.action;
    expect(action === undefined ? null : writeFix('postgres', action)?.statements).toEqual([
      'ALTER TABLE "public"."no""key" REPLICA IDENTITY FULL',
    ]);
  });
});
