import { describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { availableEngines, openTestDatabase } from '../support/database.js';
import { writeRepair } from './repair-round.js';

const TABLE =
  "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40) NOT NULL UNIQUE, updated_at TIMESTAMP NOT NULL DEFAULT '2001-01-01 00:00:00')";

describe.each(availableEngines())('a repair of %s under a trigger that sets updated_at', (engine) => {
  const isPostgres = engine === 'postgresql';
  const trigger = isPostgres
    ? `CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.updated_at := now(); RETURN new; END';
       CREATE TRIGGER stamp BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stamp()`
    : 'CREATE TRIGGER stamp BEFORE UPDATE ON t FOR EACH ROW SET NEW.updated_at = NOW()';

  it('swaps unique values, leaves no value put aside, is taken back, and offers no row for ever', async () => {
    const source = await openTestDatabase(engine);
    const target = await openTestDatabase(engine);
    try {
      await source.run(
        `${TABLE}; INSERT INTO t VALUES (1, 'a', '2020-01-01'), (2, 'b', '2020-01-01'), (3, 'c', '2020-01-01')`,
      );
      await target.run(
        `${TABLE}; ${trigger}; INSERT INTO t VALUES (1, 'b', '2019-01-01'), (2, 'a', '2020-01-01'), (3, 'c', '2019-01-01')`,
      );
      const emails = () => target.query('SELECT email FROM t ORDER BY id');
      const before = await emails();
      const written = await writeRepair({ source, target });
      expect(written.repair).toMatch(/id=3: trigger stamp sets what differs by itself/);
      await written.apply('repair');
      expect(await emails()).toEqual([['a'], ['b'], ['c']]);
      // Only what the trigger set differs now, and no file can change that.
      const again = await writeRepair({ source, target });
      again.remove();
      expect(again.repair).toContain('In all: 0 rows written, 3 left alone');
      await written.apply('undo');
      expect(await emails()).toEqual(before);
      written.remove();
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });

  it('fires triggers that add rows to an audit, and repairs all the same', async () => {
    const source = await openTestDatabase(engine);
    const target = await openTestDatabase(engine);
    const log = 'CREATE TABLE log (what VARCHAR(40))';
    const audit = isPostgres
      ? `CREATE FUNCTION note_it(word TEXT) RETURNS void LANGUAGE sql AS 'INSERT INTO public.log VALUES (word)';
         CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM public.note_it(old.email); RETURN new; END';
         CREATE TRIGGER audit AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION audit();
         CREATE TABLE copied (what VARCHAR(40)); CREATE RULE copy AS ON INSERT TO log DO ALSO INSERT INTO copied VALUES (new.what);
         CREATE FUNCTION span(TIME, TIME) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT extract(epoch FROM ($1 - $2))';
         CREATE TYPE timerange AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = span)`
      : 'CREATE TRIGGER audit AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (OLD.email)';
    try {
      await source.run(`${TABLE}; INSERT INTO t VALUES (1, 'a', '2020-01-01')`);
      await target.run(`${TABLE}; ${log}; ${audit}; INSERT INTO t VALUES (1, 'b', '2020-01-01')`);
      const written = await writeRepair({ source, target });
      expect(written.repair).toMatch(/WARNING: Triggers of \S*t may fire while this is applied: audit/);
      await written.apply('repair');
      written.remove();
      expect(listDifferences(await compare({ source, target }))).toEqual([]);
      expect(await target.query('SELECT what FROM log')).toEqual([['b']]);
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });
});

interface Reach {
  readonly title: string;
  /** What the target has beside the table, by engine family. */
  readonly objects: { readonly postgresql: string; readonly mysql: string };
  readonly reason: RegExp;
  /** The engines that have such objects; all where it is absent. */
  readonly engines?: readonly string[];
}

const OTHERS = 'CREATE TABLE victim (id INT NOT NULL PRIMARY KEY); INSERT INTO victim VALUES (1), (2)';
const plpgsql = (name: string, body: string): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN ${body}; RETURN new; END'`;

/** A function that empties a table that nobody compared. */
const CLEAN = "CREATE FUNCTION clean(word INT) RETURNS INT LANGUAGE sql AS 'DELETE FROM victim; SELECT 1'";

const REACHES: readonly Reach[] = [
  {
    title: 'a key refers to what is computed from the column',
    objects: {
      postgresql: `ALTER TABLE t ADD g INT GENERATED ALWAYS AS (n * 10) STORED UNIQUE;
        CREATE TABLE c (id INT PRIMARY KEY, g INT REFERENCES t (g) ON UPDATE SET NULL)`,
      mysql: `ALTER TABLE t ADD g INT GENERATED ALWAYS AS (n * 10) STORED UNIQUE;
        CREATE TABLE c (id INT PRIMARY KEY, g INT, FOREIGN KEY (g) REFERENCES t (g) ON UPDATE CASCADE)`,
    },
    reason: /foreign key \S+ refers to column g, which is computed from what changes/,
  },
  {
    title: 'a trigger sets what a key refers to',
    objects: {
      postgresql: `ALTER TABLE t ADD g INT UNIQUE; UPDATE t SET g = n * 10;
        CREATE TABLE c (id INT PRIMARY KEY, g INT REFERENCES t (g) ON UPDATE CASCADE);
        ${plpgsql('bump', 'IF new.n > 0 THEN new.g := new.g + 1; END IF')};
        CREATE TRIGGER bump BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION bump()`,
      mysql: `ALTER TABLE t ADD g INT UNIQUE; UPDATE t SET g = n * 10;
        CREATE TABLE c (id INT PRIMARY KEY, g INT, FOREIGN KEY (g) REFERENCES t (g) ON UPDATE CASCADE);
        CREATE TRIGGER bump BEFORE UPDATE ON t FOR EACH ROW SET NEW.g = NEW.g + 1`,
    },
    reason: /foreign key \S+ refers to column g, which trigger bump may set/,
  },
  {
    title: 'a trigger adds to a table whose trigger deletes',
    objects: {
      postgresql: `CREATE TABLE log (what INT);
        ${plpgsql('note', 'INSERT INTO log VALUES (new.n)')};
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
        ${plpgsql('sweep', 'DELETE FROM victim')};
        CREATE TRIGGER sweep AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION sweep()`,
      mysql: `CREATE TABLE log (what INT);
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (NEW.n);
        CREATE TRIGGER sweep AFTER INSERT ON log FOR EACH ROW DELETE FROM victim`,
    },
    reason: /trigger note of the table may change other rows/,
  },
  {
    title: 'a trigger calls a function that deletes',
    objects: {
      postgresql: `CREATE FUNCTION "Clean"(word INT) RETURNS INT LANGUAGE sql AS 'DELETE FROM victim; SELECT 1';
        CREATE FUNCTION step(word INT) RETURNS INT LANGUAGE plpgsql AS 'BEGIN RETURN "Clean"(word); END';
        ${plpgsql('note', 'PERFORM step(new.n)')};
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()`,
      mysql: `CREATE FUNCTION clean(word INT) RETURNS INT BEGIN DELETE FROM victim; RETURN 1; END;
        CREATE FUNCTION step(word INT) RETURNS INT RETURN Clean (word);
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW SET @x = step(NEW.n)`,
    },
    reason: /trigger note of the table may change other rows/,
  },
  {
    title: 'a trigger adds to a table whose rule deletes',
    objects: {
      postgresql: `CREATE TABLE log (what INT);
        ${plpgsql('note', 'INSERT INTO log VALUES (new.n)')};
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
        CREATE RULE sweep AS ON INSERT TO log DO ALSO DELETE FROM victim`,
      mysql: '',
    },
    reason: /trigger note of the table may change other rows/,
    engines: ['postgresql'],
  },
  {
    title: 'a trigger reads a view that calls a function that deletes',
    objects: {
      postgresql: `${CLEAN}; CREATE VIEW v AS SELECT clean(1) AS n;
        ${plpgsql('note', 'PERFORM n FROM v')};
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()`,
      mysql: `CREATE FUNCTION clean(word INT) RETURNS INT BEGIN DELETE FROM victim; RETURN 1; END;
        CREATE VIEW v AS SELECT clean(1) AS n;
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW SET @x = (SELECT n FROM v)`,
    },
    reason: /trigger note of the table may change other rows/,
  },
  {
    title: 'a trigger adds to a view of a table whose trigger deletes',
    objects: {
      postgresql: `CREATE TABLE log (what INT); CREATE VIEW v AS SELECT what FROM log;
        ${plpgsql('note', 'INSERT INTO v VALUES (new.n)')};
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
        ${plpgsql('sweep', 'DELETE FROM victim')};
        CREATE TRIGGER sweep AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION sweep()`,
      mysql: `CREATE TABLE log (what INT); CREATE VIEW v AS SELECT what FROM log;
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW INSERT INTO v VALUES (NEW.n);
        CREATE TRIGGER sweep AFTER INSERT ON log FOR EACH ROW DELETE FROM victim`,
    },
    reason: /trigger note of the table may change other rows/,
  },
  ...Object.entries({
    'the default of a table': 'CREATE TABLE log (what INT, n INT DEFAULT clean(1))',
    'a check of a table': 'CREATE TABLE log (what INT CHECK (clean(what) > 0))',
    'a domain of a table': 'CREATE DOMAIN word AS INT CHECK (clean(VALUE) > 0); CREATE TABLE log (what word)',
    'the condition of a trigger of a table': `CREATE TABLE log (what INT); ${plpgsql('calm', 'NULL')};
      CREATE TRIGGER calm BEFORE INSERT ON log FOR EACH ROW WHEN (clean(new.what) > 0) EXECUTE FUNCTION calm()`,
    'a cast to the column of a table': `CREATE TYPE boxed AS (n INT);
      CREATE FUNCTION box(n INT) RETURNS boxed LANGUAGE sql AS 'SELECT ROW(clean(n))::boxed';
      CREATE CAST (INT AS boxed) WITH FUNCTION box(INT) AS ASSIGNMENT; CREATE TABLE log (what boxed)`,
  }).map(([what, objects]) => ({
    title: `a trigger adds to a table, and ${what} calls a function that deletes`,
    objects: {
      postgresql: `${CLEAN}; ${objects}; ${plpgsql('note', 'INSERT INTO log (what) VALUES (new.n)')};
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()`,
      mysql: '',
    },
    reason: /trigger note of the table may change other rows/,
    engines: ['postgresql'],
  })),
  ...Object.entries({
    'an operator': `CREATE OPERATOR public.<~> (FUNCTION = clean, RIGHTARG = INT); ${plpgsql('note', 'new.n := new.n * (<~> new.n)')}`,
    'an aggregate': `CREATE FUNCTION step(a INT, b INT) RETURNS INT LANGUAGE sql AS 'SELECT clean(b)';
      CREATE AGGREGATE gather(INT) (SFUNC = step, STYPE = INT, INITCOND = '0'); ${plpgsql('note', 'PERFORM gather(1)')}`,
    'an operator that a word stands for': `CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION cleaned(e, INT) RETURNS BOOL LANGUAGE sql AS 'SELECT clean(1) > 0';
      CREATE OPERATOR ~~ (LEFTARG = e, RIGHTARG = INT, FUNCTION = cleaned); ${plpgsql('note', "IF ''a''::e LIKE 1 THEN NULL; END IF")}`,
    'the opposite of an operator': `CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION calm(e, INT) RETURNS BOOL LANGUAGE sql AS 'SELECT true';
      CREATE FUNCTION cleaned(e, INT) RETURNS BOOL LANGUAGE sql AS 'SELECT clean(1) > 0';
      CREATE OPERATOR <@# (LEFTARG = e, RIGHTARG = INT, FUNCTION = calm, NEGATOR = !<@#);
      CREATE OPERATOR !<@# (LEFTARG = e, RIGHTARG = INT, FUNCTION = cleaned, NEGATOR = <@#);
      ${plpgsql('note', "IF NOT (''a''::e <@# 1) THEN NULL; END IF")}`,
    'the default of an argument': `CREATE FUNCTION calm(n INT DEFAULT clean(1)) RETURNS INT LANGUAGE sql AS 'SELECT 1';
      ${plpgsql('note', 'PERFORM calm()')}`,
    'an attribute of the row': `CREATE FUNCTION cleaned(t) RETURNS INT LANGUAGE sql AS 'SELECT clean(1)';
      ${plpgsql('note', 'PERFORM t.cleaned FROM t')}`,
  }).map(([what, objects]) => ({
    title: `a trigger calls a function that deletes by ${what}`,
    objects: {
      postgresql: `${CLEAN}; ${objects};
        CREATE TRIGGER note BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()`,
      mysql: '',
    },
    reason: /trigger note of the table may change other rows/,
    engines: ['postgresql'],
  })),
  {
    title: 'the condition of a trigger calls a function that deletes',
    objects: {
      postgresql: `${CLEAN}; ${plpgsql('calm', 'NULL')};
        CREATE TRIGGER calm BEFORE UPDATE ON t FOR EACH ROW WHEN (clean(new.n) > 0) EXECUTE FUNCTION calm()`,
      mysql: '',
    },
    reason: /trigger calm of the table may change other rows/,
    engines: ['postgresql'],
  },
  {
    title: 'a trigger calls a procedure without CALL',
    objects: {
      postgresql: '',
      mysql: `SET sql_mode = 'ORACLE'; CREATE PROCEDURE sweep_all(i INT) AS BEGIN DELETE FROM victim; END;
        CREATE TRIGGER note BEFORE UPDATE ON t FOR EACH ROW BEGIN sweep_all(1); END`,
    },
    reason: /trigger note of the table may change other rows, through sweep_all/,
    engines: ['mariadb'],
  },
  {
    title: 'a trigger makes a table, and a trigger of that event deletes',
    objects: {
      postgresql: `CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM victim; END';
        ${plpgsql('note', 'CREATE TEMP TABLE IF NOT EXISTS zq (a INT)')};
        CREATE TRIGGER note BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
        CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION seen()`,
      mysql: '',
    },
    reason: /trigger note of the table may change other rows/,
    engines: ['postgresql'],
  },
  {
    title: 'a check of the table itself calls a function that deletes',
    objects: {
      postgresql: `${CLEAN}; ALTER TABLE t ADD CHECK (clean(n) > 0) NOT VALID`,
      mysql: '',
    },
    reason: /what the table computes of a row may change other rows/,
    engines: ['postgresql'],
  },
  {
    title: 'a trigger drops a table',
    objects: {
      postgresql: `${plpgsql('sweep', 'DROP TABLE victim')};
        CREATE TRIGGER sweep AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION sweep()`,
      mysql: '',
    },
    reason: /trigger sweep of the table may change other rows/,
    engines: ['postgresql'],
  },
];

describe.each(availableEngines())('a repair of %s leaves a row alone where', (engine) => {
  const family = engine === 'postgresql' ? 'postgresql' : 'mysql';
  it.each(REACHES.filter(({ engines }) => engines?.includes(engine) !== false))(
    '$title',
    async ({ objects, reason }) => {
      const source = await openTestDatabase(engine);
      const target = await openTestDatabase(engine);
      const table = 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT)';
      try {
        await source.run(`${table}; INSERT INTO t VALUES (1, 2)`);
        await target.run(`${table}; INSERT INTO t VALUES (1, 22); ${OTHERS}; ${objects[family]}`);
        if (objects[family].includes('TABLE c ')) await target.run('INSERT INTO c VALUES (1, 220)');
        const ignored = objects[family].includes('ADD g ') ? ['--ignore-columns', 't.g'] : [];
        const written = await writeRepair({ source, target }, ['--tables', 't', ...ignored]);
        expect(written.repair).toMatch(reason);
        await written.apply('repair');
        written.remove();
        expect(await target.query('SELECT n FROM t')).toEqual([['22']]);
        expect(await target.query('SELECT COUNT(*) FROM victim')).toEqual([['2']]);
      } finally {
        await Promise.all([source.drop(), target.drop()]);
      }
    },
    120_000,
  );
});
