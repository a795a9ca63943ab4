import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSystemAccount } from '../../src/checks/accounts/system-accounts.js';
import { CHECKS } from '../../src/checks/list.js';
import type { GateContext } from '../../src/core/gate/check.js';
import { availableEngines, openTestDatabase, type TestDatabase, useDatabase } from '../support/database.js';
import { brief, checkSides, readSides } from '../support/gate/check-sides.js';
import type { PrivateServer } from '../support/private-mariadb.js';
import { startPrivatePostgres } from '../support/private-postgres.js';

/** What a check says of these accounts. Others of the server belong to other tests. */
function sayOf(id: string, context: GateContext, accounts: readonly string[]): string[] {
  const found = CHECKS.find((check) => check.id === id)?.find(context) ?? [];
  return brief(found.filter(({ subject }) => accounts.includes(subject)));
}

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))('accounts of %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const suffix = randomBytes(4).toString('hex');
  const app = `'app_${suffix}'@'%'`;
  // A name that ends a text, if it is not quoted.
  const odd = `'o''dd_${suffix}'@'localhost'`;
  const gone = `'gone_${suffix}'@'%'`;

  beforeAll(async () => {
    for (const database of [from, to])
      await database.run('CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE u (id INT PRIMARY KEY)');
    for (const account of [app, odd, gone]) await from.run(`CREATE USER ${account} IDENTIFIED BY 'secret-1'`);
  });
  afterAll(async () => {
    for (const account of [app, odd, gone]) await from.run(`DROP USER IF EXISTS ${account}`);
  });

  it('may do on the target what they may do on the source, or are told of', async () => {
    await from.run(
      `GRANT SELECT, INSERT ON ${from.name}.* TO ${app}; GRANT UPDATE ON ${from.name}.t TO ${odd}`,
    );
    await to.run(`GRANT SELECT ON ${to.name}.* TO ${app}; GRANT INSERT ON ${to.name}.t TO ${app}`);
    const ask = { source: from.url, target: to.url };
    expect(sayOf('grants', await readSides(ask), [app, odd]).sort()).toEqual([
      `warning ${app}: on the target it lacks INSERT on u`,
      `warning ${odd}: on the target it lacks UPDATE on t`,
    ]);
    expect(sayOf('grants', await readSides({ ...ask, phase: 'preflight' }), [app])[0]).toMatch(/^note/);
    expect(sayOf('grants', await readSides({ ...ask, phase: 'after' }), [app])[0]).toMatch(/^failed/);
    await to.run(`GRANT INSERT ON ${to.name}.u TO ${app}; GRANT UPDATE ON ${to.name}.* TO ${odd}`);
    const context = await readSides(ask);
    expect(sayOf('grants', context, [app, odd])).toEqual([]);
    expect(
      JSON.stringify(context.facts, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toMatch(/\*[0-9A-F]{40}|\$A\$005\$|secret-1/);
  });

  it('are no matter of the switch where they only follow the server', async () => {
    const follower = `'follow_${suffix}'@'%'`;
    await from.run(
      `CREATE USER ${follower} IDENTIFIED BY 'x'; GRANT REPLICATION SLAVE, SELECT ON *.* TO ${follower}`,
    );
    const context = await readSides({ source: from.url, target: to.url });
    const found = context.facts.source.accounts;
    const facts = found.known ? found.value : [];
    expect(facts.find(({ name }) => name === follower)).toMatchObject({
      isForReplication: true,
      isOfSchema: true,
    });
    expect(facts.filter(({ isOurs }) => isOurs)).toHaveLength(1);
    expect(facts.find(({ name }) => name === app)).toMatchObject({ isForReplication: false, isOurs: false });
    await from.run(`DROP USER ${follower}`);
  });

  it('fail whoever uses what is defined by an account that is not there', async () => {
    const view = `CREATE DEFINER = ${gone} VIEW v AS SELECT id FROM t`;
    await to.run(`${view}; CREATE DEFINER = ${gone} SQL SECURITY INVOKER VIEW w AS SELECT id FROM t`);
    await to.run(`CREATE DEFINER = ${gone} TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.id = NEW.id`);
    const ask = { source: from.url, target: to.url };
    expect(await checkSides('definers', ask)).toEqual([]);
    await to.run(`DROP USER ${gone}`);
    expect(brief(await checkSides('definers', ask)).sort()).toEqual([
      `failed ${to.name}.tr: trigger of ${gone}, an account that is not there`,
      `failed ${to.name}.v: view of ${gone}, an account that is not there`,
      `note ${to.name}.w: view of ${gone}, an account that is not there; it runs with the rights of its caller`,
    ]);
    // The server agrees.
    await expect(to.run('INSERT INTO t VALUES (1)')).rejects.toThrow(/definer/i);
    await from.run(view);
    expect(brief(await checkSides('definers', ask))).toContain(
      `note ${to.name}.v: view of ${gone}, an account that is not there; it is so on the source too`,
    );
  });

  it('are not checked where the account may not read them', async () => {
    const url = ({ url }: TestDatabase): string => {
      const own = new URL(url);
      own.username = `app_${suffix}`;
      own.password = 'secret-1';
      return own.href;
    };
    const ask = { source: url(from), target: url(to) };
    for (const id of ['accounts', 'grants', 'definers']) {
      const found = await checkSides(id, ask);
      expect(found.length).toBeGreaterThan(0);
      for (const { level, advice } of found) {
        expect(level).toBe('not-checked');
        expect(advice).toMatch(/^GRANT SELECT ON mysql\.\* TO '?_?/);
      }
    }
  });
});

describe.runIf(availableEngines().includes('postgresql'))('roles of PostgreSQL', () => {
  const from = useDatabase('postgresql');
  const suffix = randomBytes(4).toString('hex');
  const app = `"App ""${suffix}"`;
  const reader = `"reader_${suffix}"`;
  let server: PrivateServer;
  let to: TestDatabase;
  const parent = mkdtempSync(join(tmpdir(), 'rowproof-roles-'));

  beforeAll(async () => {
    chmodSync(parent, 0o755);
    server = await startPrivatePostgres(parent);
    to = await openTestDatabase('postgresql', server.url);
    await from.run(`CREATE ROLE ${app} LOGIN; CREATE ROLE ${reader} LOGIN`);
    for (const database of [from, to]) await database.run('CREATE TABLE t (id SERIAL PRIMARY KEY)');
    await from.run(
      `GRANT SELECT, INSERT ON t TO ${app}; GRANT USAGE ON SEQUENCE t_id_seq TO ${app}; GRANT SELECT ON t TO ${reader}`,
    );
  });
  afterAll(async () => {
    await from.run(`DROP OWNED BY ${app}, ${reader}; DROP ROLE ${app}; DROP ROLE ${reader}`);
    await to.drop();
    await server.stop();
    rmSync(parent, { recursive: true, force: true });
  });

  it('are missed, and so is what they may do, by whatever way it was granted', async () => {
    const ask = { source: from.url, target: to.url };
    const both = [app, reader];
    expect(sayOf('accounts', await readSides(ask), both)).toEqual([
      `warning ${app}: the target has no such account`,
      `warning ${reader}: the target has no such account`,
    ]);
    await to.run(
      `CREATE ROLE ${app} LOGIN; CREATE ROLE ${reader} LOGIN; CREATE ROLE readers; GRANT readers TO ${reader}`,
    );
    await to.run('GRANT SELECT ON t TO readers');
    const context = await readSides(ask);
    expect(sayOf('accounts', context, both)).toEqual([]);
    expect(sayOf('grants', context, both)).toEqual([
      `warning ${app}: on the target it lacks INSERT on t; SELECT on t; USAGE on t_id_seq`,
    ]);
    await to.run(`GRANT ALL ON t, t_id_seq TO ${app}`);
    expect(sayOf('grants', await readSides(ask), both)).toEqual([]);
  });

  it('own what runs with their rights, or it runs with those of others', async () => {
    const view = 'CREATE VIEW v AS SELECT id FROM t';
    await from.run(`${view}; ALTER VIEW v OWNER TO ${reader}`);
    await to.run(view);
    const found = await checkSides('definers', { source: from.url, target: to.url });
    expect(brief(found)).toEqual([`warning public.v: view: ${reader} on the source, "verify" on the target`]);
  });
});

describe('accounts of services', () => {
  it('are known by their names', () => {
    const isKnown = (user: string): boolean => isSystemAccount({ user, isServerOwn: false });
    for (const user of ['rdsadmin', 'cloudsqladmin', 'rds_replication', 'azure_superuser', 'RDSADMIN'])
      expect(isKnown(user)).toBe(true);
    for (const user of ['app', 'rdsapp', 'aurora_app', 'replicator2']) expect(isKnown(user)).toBe(false);
    expect(isSystemAccount({ user: 'app', isServerOwn: true })).toBe(true);
  });
});
