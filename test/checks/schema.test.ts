import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/list.js';
import type { GateContext } from '../../src/core/gate/check.js';
import { writeFix } from '../../src/engines/gate-answers.js';
import { mysqlGate } from '../../src/engines/mysql/gate/index.js';
import { postgresqlGate } from '../../src/engines/postgresql/gate/index.js';
import { availableEngines, fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import { brief, type GateAsk, readSides } from '../support/gate/check-sides.js';
import { buildBareShop, buildShop } from '../support/gate/shop.js';

const IDS = CHECKS.filter(({ group }) => group === 'schema').map(({ id }) => id);

/** What a check says of a reading, in short. */
function say(id: string, context: GateContext): string[] {
  return brief(CHECKS.find((check) => check.id === id)?.find(context) ?? []);
}

const schemaOf = ({ engine, name }: TestDatabase): string => (engine === 'postgresql' ? 'public' : name);

describe.each(fewEnginePairs())('the schema of $target beside that of $source', ({ source, target }) => {
  const from = useDatabase(source);
  const to = useDatabase(target);
  const bare = useDatabase(target);
  const read = (database: TestDatabase) => readSides({ source: from.url, target: database.url });

  let same: GateContext;
  let lacking: GateContext;

  beforeAll(async () => {
    await from.run(buildShop(source));
    await to.run(buildShop(target));
    await bare.run(buildBareShop(target));
    same = await read(to);
    lacking = await read(bare);
  });

  it.each(['preflight', 'cutover', 'after'] as const)('passes in %s where it does the same', (phase) => {
    const said = IDS.flatMap((id) => say(id, { ...same, phase }));
    expect(said.filter((line) => !/^(note|not-applicable) /.test(line))).toEqual([]);
  });

  it('is told of by what comes of it where it lacks something', () => {
    const context = lacking;
    const at = schemaOf(bare);
    expect(say('foreign-keys', context)).toEqual([
      `failed ${at}.orders.orders_customer: (customer_id) refers to customers (id) on the source; there is no such foreign key on the target`,
    ]);
    const primary = source === 'postgresql' ? 'customers_pkey' : 'PRIMARY';
    expect(say('keys', context).sort()).toEqual(
      [
        `failed ${at}.customers.${primary}: primary key on (id) on the source; there is no such key on the target`,
        `failed ${at}.customers.email_key: unique key on (email) on the source; there is no such key on the target`,
      ].sort(),
    );
    expect(say('check-constraints', context)).toEqual([
      expect.stringMatching(`^failed ${at}.orders.total_positive: the source holds rows to .*total.* >= .*0`),
    ]);
    const customer = source === 'postgresql' ? 'customer_index' : 'orders_customer';
    expect(say('indexes', context).sort()).toEqual(
      [
        `warning ${at}.customers.name_index: index on (name) on the source; none begins with that on the target`,
        `warning ${at}.orders.${customer}: index on (customer_id) on the source; none begins with that on the target`,
        `warning ${at}.orders.day_index: index on (day, total) on the source; none begins with that on the target`,
      ].sort(),
    );
    expect(say('views', context)).toEqual([`failed ${at}.big: the target has no such view`]);
    expect(say('routines', context)).toEqual([
      `${source === target ? 'failed' : 'warning'} ${at}.plus_one${source === 'postgresql' ? '(a integer)' : ''}: the target has no such function`,
    ]);
    // Before the end of the migration it may all still come.
    const early: GateContext = { ...context, phase: 'preflight' };
    for (const id of ['foreign-keys', 'keys', 'check-constraints', 'views'])
      expect(say(id, early).filter((line) => line.startsWith('failed'))).toEqual([]);
  });

  it('is told of by the values that fail where its columns are narrower', () => {
    const context = lacking;
    const check = CHECKS.find(({ id }) => id === 'columns');
    const found = check?.find(context) ?? [];
    const of = (column: string) =>
      found.filter(({ subject }) => subject === `${schemaOf(bare)}.customers.${column}`);
    expect(of('credit')).toMatchObject([
      {
        level: 'failed',
        evidence: 'holds 10 digits before the point, the target 8',
        consequence: 'values above 99,999,999.99 fail',
      },
      {
        level: 'warning',
        evidence: expect.stringMatching(/^default '0.*' on the source, default '5.*' on the target$/),
      },
    ]);
    expect(of('email')).toMatchObject([
      { level: 'failed', evidence: 'holds 100 characters, the target 90 characters' },
      { level: 'warning', evidence: 'NOT NULL on the source alone' },
    ]);
    expect(of('name')).toMatchObject([{ level: 'failed', consequence: 'rows with NULL in it fail' }]);
    expect(of('created')).toMatchObject([
      {
        level: 'failed',
        evidence:
          'holds 6 digits of a second, the target 3; the time of the insert on the source, no default on the target',
        consequence: 'times are rounded; inserts that leave it out fail',
      },
    ]);
    expect(of('state')).toMatchObject(
      target === 'postgresql' ? [] : [{ level: 'failed', evidence: "the target has no label 'old'" }],
    );
    expect(of('id')).toMatchObject([
      { level: 'failed', evidence: 'the next number on the source, no default on the target' },
    ]);
    expect(of('note')).toMatchObject([{ level: 'failed', evidence: 'the target has no such column' }]);
    expect(of('owner')).toMatchObject([{ level: 'failed', consequence: 'inserts that do not know it fail' }]);
    expect(of('active')).toEqual([]);
    expect(found).toContainEqual(
      expect.objectContaining({
        subject: `${schemaOf(bare)}.orders.id`,
        consequence: 'values above 2,147,483,647 fail',
      }),
    );
  });
});

describe.each(fewEnginePairs())(
  'rows of $target that nothing holds to the rules of $source',
  ({ source, target }) => {
    const from = useDatabase(source);
    const to = useDatabase(target);

    it('are counted where they may be read', async () => {
      const tables = 'CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY, a INT, u INT';
      const rules = ', CONSTRAINT fk FOREIGN KEY (a) REFERENCES a (id), CONSTRAINT once UNIQUE (u))';
      await from.run(
        `${tables}${rules}; INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1, 1), (2, NULL, 2)`,
      );
      await to.run(`${tables}); INSERT INTO a VALUES (1)`);
      await to.run('INSERT INTO b VALUES (1, 1, 1), (2, NULL, NULL), (3, 77, NULL), (4, 77, 5), (5, 1, 5)');
      const ask = { source: from.url, target: to.url };
      const at = schemaOf(to);
      expect(say('foreign-keys', await readSides(ask))[0]).not.toContain('no parent');
      const deep = await readSides({ ...ask, isDeep: true });
      expect(say('foreign-keys', deep)).toEqual([
        `failed ${at}.b.fk: (a) refers to a (id) on the source; there is no such foreign key on the target; 2 rows have no parent, such as a 77`,
      ]);
      expect(say('keys', deep)).toEqual([
        `failed ${at}.b.once: unique key on (u) on the source; there is no such key on the target; 1 value is there twice, such as u 5`,
      ]);
      // A statement that the server would refuse mends nothing.
      for (const id of ['foreign-keys', 'keys'])
        expect(CHECKS.find((check) => check.id === id)?.find(deep)[0]).toMatchObject({
          fix: null,
          advice: 'mend these rows first: until then the rule is refused',
        });
      const hidden = await readSides({ ...ask, isDeep: true, flags: { 'hide-values': true } });
      expect(say('foreign-keys', hidden)[0]).toMatch(/; 2 rows have no parent$/);
      await to.run('DELETE FROM b WHERE id > 2');
      expect(say('foreign-keys', await readSides({ ...ask, isDeep: true }))[0]).toMatch(
        /; every row has its parent$/,
      );
    });
  },
);

describe.each(availableEngines())('definitions of %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);

  it('are compared by their words, without the schemas that they name', async () => {
    const view = (least: string) => `CREATE VIEW v AS SELECT id, t FROM a WHERE t <> '${least}' AND id > 1.5`;
    for (const database of [from, to])
      await database.run(`CREATE TABLE a (id INT PRIMARY KEY, t VARCHAR(9)); ${view('a.b')}`);
    const ask = { source: from.url, target: to.url };
    expect(say('views', await readSides(ask))).toEqual([]);
    await to.run(`DROP VIEW v; ${view('c.b')}`);
    expect(say('views', await readSides(ask))).toEqual([
      `warning ${schemaOf(to)}.v: its definition reads otherwise on the target`,
    ]);
    await to.run('DROP VIEW v; CREATE TABLE v (id INT)');
    expect(say('views', await readSides(ask))).toEqual([
      `warning ${schemaOf(to)}.v: a view on the source, a table on the target`,
    ]);
  });
});

describe.each(availableEngines())('what mends a schema of %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const isPostgresql = engine === 'postgresql';
  const gate = isPostgresql ? postgresqlGate : mysqlGate;
  const read = () => readSides({ source: from.url, target: to.url });
  const quote = (name: string): string =>
    isPostgresql ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
  /** A name that ends every kind of quotes. */
  const odd = quote(`x"; \`'--`);

  it('is run as it is written, and mends it, whatever things are called', async () => {
    const bare = `CREATE TABLE ${odd} (id INT NOT NULL PRIMARY KEY, ${odd} INT, n INT NOT NULL); CREATE TABLE b (id INT PRIMARY KEY, a INT)`;
    await from.run(bare);
    await to.run(bare);
    await from.run(
      `ALTER TABLE b ADD CONSTRAINT ${odd} FOREIGN KEY (a) REFERENCES ${odd} (id) ON DELETE SET NULL ON UPDATE CASCADE;
       CREATE UNIQUE INDEX u ON ${odd} (n); CREATE INDEX p ON ${odd} (${odd}, n)`,
    );
    const ids = ['foreign-keys', 'keys', 'indexes'];
    const context = await read();
    const fixes = ids.flatMap((id) =>
      (CHECKS.find((check) => check.id === id)?.find(context) ?? []).flatMap(({ fix }) =>
        fix === null ? [] : (writeFix(gate, fix.action) ?? []),
      ),
    );
    expect(fixes).toHaveLength(isPostgresql ? 3 : 4);
    // What is held up by a copy of the table is for somebody to decide.
    expect(fixes.map(({ isSafe }) => isSafe)).toEqual(
      isPostgresql ? [true, true, true] : [false, true, true, true],
    );
    for (const { statements } of fixes) for (const statement of statements) await to.run(statement);
    const after = await read();
    expect(ids.flatMap((id) => say(id, after))).toEqual([]);
    for (const { reversal } of fixes) if (reversal !== '') await to.run(reversal);
    expect(say('foreign-keys', await read())).toHaveLength(1);
  });
});

describe.runIf(availableEngines().includes('postgresql'))('a schema of PostgreSQL', () => {
  const from = useDatabase('postgresql');
  const to = useDatabase('postgresql');
  const read = (phase: GateAsk['phase'] = 'cutover') =>
    readSides({ source: from.url, target: to.url, phase });
  const start = async (script: string): Promise<void> => {
    for (const database of [from, to])
      await database.run(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${script}`);
  };

  it('warns of foreign keys and checks that are NOT VALID, and says what validates them', async () => {
    await start('CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY, a INT)');
    const add = `ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a) REFERENCES a; ALTER TABLE b ADD CONSTRAINT pos CHECK (a > 0)`;
    await from.run(add);
    await to.run(add.replaceAll(/(;|$)/g, ' NOT VALID$1'));
    const context = await read();
    const [found] = CHECKS.find(({ id }) => id === 'foreign-keys')?.find(context) ?? [];
    expect(found).toMatchObject({
      level: 'warning',
      subject: 'public.b.b_a',
      fix: { action: { kind: 'validate-constraint', table: 'b', name: 'b_a' } },
    });
    expect(say('check-constraints', context)).toEqual([
      'warning public.b.pos: it is NOT VALID: rows that were there when it was added were not checked',
    ]);
    const readRows = () => readSides({ source: from.url, target: to.url, isDeep: true });
    const rows = ['foreign-keys', 'check-constraints'];
    const deep = await readRows();
    expect(rows.flatMap((id) => say(id, deep))).toEqual([
      'note public.b.b_a: it is NOT VALID: every row has its parent',
      'note public.b.pos: it is NOT VALID: it refuses no row that is there',
    ]);
    await to.run(
      'ALTER TABLE b DROP CONSTRAINT b_a, DROP CONSTRAINT pos; INSERT INTO b VALUES (1, -1), (2, 5)',
    );
    await to.run(add.replaceAll(/(;|$)/g, ' NOT VALID$1'));
    const broken = await readRows();
    expect(rows.flatMap((id) => say(id, broken))).toEqual([
      'failed public.b.b_a: it is NOT VALID: 2 rows have no parent, such as a -1',
      'failed public.b.pos: it is NOT VALID: it refuses 1 row that is there',
    ]);
    await from.run('ALTER TABLE b DROP CONSTRAINT b_a, DROP CONSTRAINT pos');
    await from.run(add.replaceAll(/(;|$)/g, ' NOT VALID$1'));
    const both = await read();
    for (const id of ['foreign-keys', 'check-constraints']) expect(say(id, both)[0]).toMatch(/^note /);
  });

  it('runs nothing that the owner of a check has written', async () => {
    await start('CREATE TABLE b (id INT PRIMARY KEY, a INT); INSERT INTO b VALUES (1, 1)');
    await from.run('ALTER TABLE b ADD CONSTRAINT own CHECK (a > 0)');
    await to.run(`CREATE TABLE called (v INT); CREATE FUNCTION own(v INT) RETURNS BOOLEAN LANGUAGE plpgsql
      AS 'BEGIN RAISE EXCEPTION ''called''; END'; ALTER TABLE b ADD CONSTRAINT own CHECK (own(a)) NOT VALID`);
    const context = await readSides({ source: from.url, target: to.url, isDeep: true });
    expect([...(context.probes?.values() ?? [])]).toEqual([
      expect.objectContaining({ known: false, why: 'the rule calls what only its owner should run' }),
    ]);
    expect(say('check-constraints', context)).toEqual([
      'warning public.b.own: it is NOT VALID: rows that were there when it was added were not checked',
    ]);
  });

  it('fails where a load switched the triggers of foreign keys off, and they stayed off', async () => {
    await start(
      'CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY, a INT REFERENCES a)',
    );
    await to.run('ALTER TABLE b DISABLE TRIGGER ALL');
    expect(say('foreign-keys', await read())).toEqual([
      'failed public.b.b_a_fkey: its triggers are disabled',
    ]);
    await from.run('ALTER TABLE b DISABLE TRIGGER ALL');
    expect(say('foreign-keys', await read())).toEqual([
      'note public.b.b_a_fkey: its triggers are disabled; it is not at work on the source either',
    ]);
  });

  it('fails where a unique index is invalid, and warns where a plain one is', async () => {
    await start(
      'CREATE TABLE a (id INT PRIMARY KEY, u INT, p INT); CREATE UNIQUE INDEX u ON a (u); CREATE INDEX p ON a (p)',
    );
    await to.run(`UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('u'::regclass, 'p'::regclass)`);
    const context = await read();
    expect(say('keys', context)).toEqual(['failed public.a.u: its index is invalid']);
    expect(say('indexes', context)).toEqual(['warning public.a.p: it is invalid']);
  });

  it('tells rules that foreign keys follow, and keys that count NULL, apart', async () => {
    await start('CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY, a INT)');
    await from.run('ALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES a ON DELETE SET NULL');
    await to.run('ALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES a');
    await to.run('ALTER TABLE b ADD CONSTRAINT more UNIQUE (a)');
    const context = await read();
    expect(say('foreign-keys', context)).toEqual([
      'failed public.b.k: when a parent is deleted, the source sets them to NULL, the target refuses it',
    ]);
    expect(say('keys', context)).toEqual([
      'warning public.b.more: unique key on (a) on the target; there is no such key on the source',
    ]);
  });

  it('compares partial, expression and exclusion keys by their words', async () => {
    await start('CREATE TABLE a (id INT PRIMARY KEY, t TEXT, r INT4RANGE)');
    const add = `CREATE UNIQUE INDEX partial ON a (t) WHERE id > 0; CREATE UNIQUE INDEX low ON a (lower(t));
      ALTER TABLE a ADD CONSTRAINT apart EXCLUDE USING gist (r WITH &&)`;
    await from.run(add);
    expect(say('keys', await read()).map((line) => line.split(':')[0])).toEqual([
      'failed public.a.apart',
      'failed public.a.low',
      'failed public.a.partial',
    ]);
    await to.run(add);
    expect(say('keys', await read())).toEqual([]);
  });

  it('fails where partitions end before those of the source, or row security is off', async () => {
    await start(`CREATE TABLE p (d DATE NOT NULL) PARTITION BY RANGE (d);
      CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE l (k TEXT) PARTITION BY LIST (k); CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('a', 'b')`);
    expect(say('partitions', await read())).toEqual([]);
    await from.run(`CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE TABLE l2 PARTITION OF l FOR VALUES IN ('c'); ALTER TABLE p ENABLE ROW LEVEL SECURITY`);
    const context = await read();
    expect(say('partitions', context)).toEqual([
      'failed public.l: the target has no partition for c',
      'failed public.p: partitions by d end at 2026-01-01 on the target, at 2027-01-01 on the source',
    ]);
    expect(say('tables', context)).toEqual([
      'failed public.p: row security is on for it on the source, and off on the target',
    ]);
    await to.run('CREATE TABLE rest PARTITION OF p DEFAULT');
    expect(say('partitions', await read())).toEqual(['failed public.l: the target has no partition for c']);
  });

  it('names objects whose names no statement should trust as they are', async () => {
    const hostile = `x"; DROP TABLE a; --\`'`;
    const quoted = `"${hostile.replaceAll('"', '""')}"`;
    await start(`CREATE TABLE ${quoted} (${quoted} INT PRIMARY KEY, v INT DEFAULT 1)`);
    await from.run(`CREATE INDEX ${quoted.replace('x', 'y')} ON ${quoted} (v);
      ALTER TABLE ${quoted} ADD CONSTRAINT ${quoted} CHECK (${quoted} > 0)`);
    const context = await read();
    expect(say('indexes', context)).toEqual([
      `warning public.${hostile}.${hostile.replace('x', 'y')}: index on (v) on the source; none begins with that on the target`,
    ]);
    expect(say('check-constraints', context)).toHaveLength(1);
  });
});

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))('a schema of %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const account = `narrow_${from.name.slice(-8)}`;
  const read = (phase: GateAsk['phase'] = 'cutover') =>
    readSides({ source: from.url, target: to.url, phase });
  const create = `CREATE TABLE a (id INT PRIMARY KEY, t VARCHAR(20) CHARACTER SET utf8mb4, u VARCHAR(20), b DATE,
      UNIQUE KEY u (u(5)), KEY t (t), touched TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
    CREATE TABLE p (d DATE NOT NULL) PARTITION BY RANGE (TO_DAYS(d)) (PARTITION p1 VALUES LESS THAN (TO_DAYS('2026-01-01')))`;

  beforeAll(async () => {
    for (const database of [from, to]) await database.run(create);
    await from.run(`CREATE USER '${account}'@'%' IDENTIFIED BY 'narrow'`);
    for (const { name } of [from, to]) await from.run(`GRANT SELECT ON ${name}.* TO '${account}'@'%'`);
  });
  afterAll(() => from.run(`DROP USER '${account}'@'%'`));

  it('is the same where nothing was changed', async () => {
    const context = await read();
    expect(IDS.flatMap((id) => say(id, context))).toEqual([]);
  });

  it('warns of indexes that are switched off, shorter keys, fewer characters and partitions that end', async () => {
    await to.run(
      `ALTER TABLE a ALTER INDEX t ${engine === 'mariadb' ? 'IGNORED' : 'INVISIBLE'}, DROP INDEX u, ADD UNIQUE KEY u (u),
         MODIFY t VARCHAR(20) CHARACTER SET latin1, MODIFY touched TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP`,
    );
    await from.run("ALTER TABLE p ADD PARTITION (PARTITION p2 VALUES LESS THAN (TO_DAYS('2027-01-01')))");
    const context = await read();
    const at = to.name;
    expect(say('indexes', context)).toEqual([
      `warning ${at}.a.t: ${engine === 'mariadb' ? 'it is ignored' : 'it is invisible'}`,
    ]);
    expect(say('keys', context)).toEqual([
      `warning ${at}.a.u: on (u(5)) on the source, on (u) on the target`,
    ]);
    expect(say('columns', context)).toEqual([
      `failed ${at}.a.t: holds all of Unicode, the target the characters of latin1`,
      `warning ${at}.a.touched: ON UPDATE CURRENT_TIMESTAMP on the source alone`,
    ]);
    expect(say('partitions', context)).toEqual([
      expect.stringMatching(
        `failed ${at}.p: partitions by .* end at 2026-01-01 on the target, at 2027-01-01 on the source`,
      ),
    ]);
  });

  it.runIf(engine === 'mysql')('fails where a check is not enforced', async () => {
    for (const database of [from, to])
      await database.run('CREATE TABLE k (id INT PRIMARY KEY, n INT, CONSTRAINT pos CHECK (n > 0))');
    await to.run('ALTER TABLE k ALTER CHECK pos NOT ENFORCED');
    expect(say('check-constraints', await read())).toEqual([`failed ${to.name}.k.pos: it is NOT ENFORCED`]);
    await from.run('ALTER TABLE k ALTER CHECK pos NOT ENFORCED');
    expect(say('check-constraints', await read())[0]).toMatch(/^note/);
  });

  it('leaves out what belongs to tables that nobody asked for', async () => {
    await from.run('CREATE VIEW lone AS SELECT id FROM a');
    const context = await readSides({ source: from.url, target: to.url, flags: { tables: ['a'] } });
    expect(say('views', context)).toEqual([`note ${to.name}.lone: the target has no such view`]);
    expect(say('views', await read())).toEqual([`failed ${to.name}.lone: the target has no such view`]);
  });

  it('follows events through the phases', async () => {
    await from.run(
      'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1; CREATE EVENT lost ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    );
    await to.run('CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE ON SLAVE DO SELECT 1');
    const at = to.name;
    expect(say('events', await read())).toEqual([
      `note ${at}.e: it waits on the target, to be enabled at the switch`,
      `failed ${at}.lost: the target has no such event`,
    ]);
    const after = CHECKS.find(({ id }) => id === 'events')?.find(await read('after')) ?? [];
    expect(after[0]).toMatchObject({
      level: 'failed',
      evidence: 'it is not enabled on the target',
      fix: { action: { kind: 'enable-event', name: 'e' } },
    });
  });

  it('is not checked where an account may not see it', async () => {
    await from.run('CREATE FUNCTION hid() RETURNS INT DETERMINISTIC RETURN 1');
    await from.run(
      'CREATE TABLE child (id INT PRIMARY KEY, a INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES a (id))',
    );
    const url = new URL(from.url);
    url.username = account;
    url.password = 'narrow';
    const context = await readSides({ source: url.href, target: to.url });
    const grant = (privilege: string) => `GRANT ${privilege} ON \`${from.name}\`.* TO `;
    for (const [id, privilege] of [
      ['routines', 'EXECUTE'],
      ['events', 'EVENT'],
      ...(engine === 'mariadb' ? [['foreign-keys', 'TRIGGER'] as const] : []),
    ] as const) {
      const [found] = CHECKS.find((check) => check.id === id)?.find(context) ?? [];
      expect(found).toMatchObject({ level: 'not-checked', subject: 'source' });
      expect(found?.advice.startsWith(grant(privilege))).toBe(true);
    }
  });
});
