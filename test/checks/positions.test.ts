import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otherReaders } from '../../src/checks/positions/other-readers.js';
import { replication } from '../../src/checks/positions/replication.js';
import type { Phase } from '../../src/core/gate/check.js';
import { known } from '../../src/core/gate/fact.js';
import { brief, checkSides, readSides } from '../support/gate/check-sides.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { startMariadbReplica, startMysqlReplica } from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import {
  startPostgresqlStandby,
  startPostgresqlSubscriber,
} from '../support/replication/postgresql-replica.js';

const hasMysql = (process.env.ROWPROOF_TEST_SERVERS ?? '').includes('mysql-');

function usePair(start: () => Promise<ReplicationPair>) {
  let pair: ReplicationPair | null = null;
  beforeAll(async () => {
    pair = await start();
  });
  afterAll(async () => pair?.stop());
  const here = (): ReplicationPair => {
    if (pair === null) throw new Error('The pair was not started.');
    return pair;
  };
  const ask = async (id: string, phase: Phase = 'cutover') =>
    brief(await checkSides(id, { source: here().source, target: here().target, phase }));
  return { here, ask };
}

const NO_WAY_BACK = 'note source: no way back is set up: it does not follow the target';

const FAMILY = [
  { name: 'MariaDB', start: startMariadbReplica, stop: 'STOP SLAVE', isMysql: false },
  { name: 'MySQL', start: startMysqlReplica, stop: 'STOP REPLICA', isMysql: true },
].filter(({ isMysql }) => !isMysql || hasMysql);

describe.each(FAMILY)('positions of $name', ({ start, stop, isMysql }) => {
  const { here, ask } = usePair(start);

  it('are well where the target follows', async () => {
    await here().onSource.run('CREATE TABLE t (id INT PRIMARY KEY)');
    await waitUntil(
      'the table is there',
      async () => (await here().onTarget.query("SHOW TABLES LIKE 't'")).length > 0,
    );
    expect(await ask('replication')).toEqual(['note target: it follows by a channel, which is running']);
    expect(await ask('other-readers')).toEqual([]);
    expect(await ask('way-back')).toEqual([NO_WAY_BACK]);
  });

  it('fail where the applier stands still', async () => {
    await here().pause();
    expect(await ask('replication')).toEqual(['failed target: it follows by a channel, which stands still']);
    expect((await ask('replication', 'preflight'))[0]).toMatch(/^warning /);
    await here().go();
    await waitUntil('it runs', async () => (await ask('replication'))[0]?.startsWith('note ') === true);
  });

  it('are not checked where the account may not see what the target follows', async () => {
    await here().onTarget.run(
      "CREATE USER blind@'%' IDENTIFIED BY 'x7'; GRANT SELECT ON shop.* TO blind@'%'",
    );
    const url = new URL(here().target);
    [url.username, url.password] = ['blind', 'x7'];
    for (const id of ['replication', 'way-back']) {
      const [found] = await checkSides(id, { source: here().source, target: url.href });
      expect(found?.level).toBe('not-checked');
      expect(found?.advice).toMatch(/^GRANT (REPLICATION CLIENT|SLAVE MONITOR) ON \*\.\* TO 'blind'@'%'$/);
    }
    await here().onSource.run(
      "CREATE USER blinder@'%' IDENTIFIED BY 'x7'; GRANT SELECT ON shop.* TO blinder@'%'",
    );
    const source = new URL(here().source);
    [source.username, source.password] = ['blinder', 'x7'];
    const [found] = await checkSides('other-readers', { source: source.href, target: here().target });
    expect(found?.level).toBe('not-checked');
  });

  it('fail where both directions run, and where the way back stands still after the switch', async () => {
    const port = new URL(here().target).port;
    const follow = isMysql
      ? `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = 'verify',
         SOURCE_PASSWORD = 'verify', GET_SOURCE_PUBLIC_KEY = 1, SOURCE_AUTO_POSITION = 1; START REPLICA`
      : `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = 'verify',
         MASTER_PASSWORD = 'verify', MASTER_USE_GTID = slave_pos; START SLAVE`;
    const session = await mysqlAdmin(here().source).openSession(here().source);
    try {
      await session.run(follow);
      await expect
        .poll(() => ask('way-back'), { timeout: 20_000 })
        .toEqual(['failed source: replication is running in both directions']);
      await here().onTarget.run(stop);
      expect(await ask('way-back', 'after')).toEqual([
        'note source: the way back is set up by a channel, and is running',
      ]);
      await session.run(stop);
      expect(await ask('way-back', 'after')).toEqual([
        'failed source: the way back is set up by a channel, and stands still',
      ]);
      expect(await ask('way-back')).toEqual([
        'note source: the way back is set up by a channel, and waits for the switch',
      ]);
    } finally {
      await session.close();
    }
  });
});

describe('positions of a subscriber of PostgreSQL', () => {
  const { here, ask } = usePair(() =>
    startPostgresqlSubscriber({
      tables: 'CREATE TABLE t (id INT PRIMARY KEY)',
      targetArgs: ['-c', 'wal_level=logical'],
    }),
  );

  it('are well where it follows, and say who else reads', async () => {
    expect(await ask('replication')).toEqual([
      'note shop_subscription: it follows by the subscription shop_subscription, which is running',
    ]);
    expect(await ask('other-readers')).toEqual([]);
    expect(await ask('way-back')).toEqual([NO_WAY_BACK]);
    await here().onSource.query("SELECT pg_create_logical_replication_slot('warehouse', 'pgoutput')");
    expect(await ask('other-readers')).toEqual([
      'note slot warehouse: is kept for a reader of the source that is not there',
    ]);
    const context = await readSides({ source: here().source, target: here().target });
    const { links } = context.facts.source;
    if (!links.known || !links.value.readers.known) throw new Error('The readers are hidden.');
    const readers = known(links.value.readers.value.map((reader) => ({ ...reader, isActive: true })));
    const source = { ...context.facts.source, links: known({ ...links.value, readers }) };
    const facts = { ...context.facts, source };
    expect(brief(otherReaders.find({ ...context, facts }))).toEqual([
      'warning slot warehouse: reads the changes of the source',
    ]);
  });

  it('fail where it is disabled, or has tables that are not copied yet', async () => {
    await here().pause();
    expect(await ask('replication')).toEqual([
      'failed shop_subscription: it follows by the subscription shop_subscription, which stands still: it is disabled',
    ]);
    await here().go();
    await waitUntil('it runs', async () => (await ask('replication'))[0]?.startsWith('note ') === true);
    const context = await readSides({ source: here().source, target: here().target });
    const { links } = context.facts.target;
    if (!links.known) throw new Error('The links are hidden.');
    const incoming = links.value.incoming.map((each) => ({ ...each, unready: ['public.t'] }));
    const target = { ...context.facts.target, links: known({ ...links.value, incoming }) };
    expect(brief(replication.find({ ...context, facts: { ...context.facts, target } }))).toEqual([
      'failed shop_subscription: 1 table of the subscription shop_subscription not copied yet: public.t',
    ]);
  });

  it('fail where both directions run', async () => {
    const { onSource, onTarget, target } = here();
    await onTarget.run('CREATE PUBLICATION back FOR TABLE t');
    await onTarget.query("SELECT pg_create_logical_replication_slot('back_slot', 'pgoutput')");
    await onSource.run(
      `CREATE SUBSCRIPTION back CONNECTION '${target}' PUBLICATION back WITH (create_slot = false, slot_name = 'back_slot', copy_data = false)`,
    );
    await waitUntil('it runs', async () => (await ask('way-back'))[0]?.startsWith('failed ') === true);
  });
});

describe('positions of a standby of PostgreSQL', () => {
  const { here, ask } = usePair(() => startPostgresqlStandby());

  it('are well where it follows, and fail where it pauses', async () => {
    await here().onSource.run('CREATE TABLE t (id INT PRIMARY KEY)');
    await waitUntil(
      'the table is there',
      async () => (await here().onTarget.query("SELECT to_regclass('t')"))[0]?.[0] != null,
    );
    expect(await ask('replication')).toEqual([
      'note target: it follows by the log, as a standby, which is running',
    ]);
    expect(await ask('other-readers')).toEqual([]);
    expect(await ask('way-back')).toEqual([NO_WAY_BACK]);
    await here().pause();
    expect(await ask('replication')).toEqual([
      'failed target: it follows by the log, as a standby, which stands still: replay is paused',
    ]);
    await here().go();
  });
});
