import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare, listDifferences, tableResult } from '../app/compare.js';
import { expectRoundTrip } from '../repair/repair-round.js';
import { availableEngines, enginePairs, type TestEngine, useDatabase } from '../support/database.js';
import { runOnBoth } from './type-words.js';

/** A type of the first column of a composite key, and two values of it as literals. */
interface KeyType {
  readonly name: string;
  readonly declare: string;
  readonly values: readonly [string, string];
}

const MYSQL_TYPES: readonly KeyType[] = [
  { name: 'enum', declare: "enum('de', 'at', 'b ''s')", values: ["'at'", "'b ''s'"] },
  {
    name: 'latin1 enum',
    declare: "enum('süd', 'nord') CHARACTER SET latin1",
    values: ["_utf8mb4'süd'", "'nord'"],
  },
  { name: 'set', declare: "set('x', 'y', 'z')", values: ["'x,z'", "''"] },
  { name: 'float', declare: 'float', values: ['0.1', '16777217.5'] },
  { name: 'double', declare: 'double', values: ['0.1', '1e-300'] },
  { name: 'year', declare: 'year', values: ['1999', '0'] },
  { name: 'bit', declare: 'bit(9)', values: ["b'101'", "b'100000000'"] },
  { name: 'boolean', declare: 'boolean', values: ['true', 'false'] },
  { name: 'time', declare: 'time(3)', values: ["'-838:00:00'", "'12:00:00.001'"] },
];
const TYPES: Readonly<Record<TestEngine, readonly KeyType[]>> = {
  mysql: MYSQL_TYPES,
  mariadb: [
    ...MYSQL_TYPES,
    { name: 'inet4', declare: 'inet4', values: ["'10.0.0.1'", "'9.0.0.1'"] },
    { name: 'inet6', declare: 'inet6', values: ["'2001:db8::1'", "'::'"] },
    {
      name: 'uuid',
      declare: 'uuid',
      values: ["'10000000-0000-1000-8000-000000000000'", "'20000000-0000-1000-8000-000000000000'"],
    },
  ],
  postgresql: [
    { name: 'enum', declare: '"a mood"', values: ["'sad'", "E'so\\\\s''o'"] },
    { name: 'domain over enum', declare: 'mood_domain', values: ["'sad'", "'ok'"] },
    { name: 'real', declare: 'real', values: ["'0.1'", "'NaN'"] },
    { name: 'double', declare: 'double precision', values: ["'-Infinity'", "'0.1'"] },
    { name: 'inet', declare: 'inet', values: ["'10.0.0.1/8'", "'10.0.0.1'"] },
    { name: 'cidr', declare: 'cidr', values: ["'10.0.0.0/8'", "'10.0.0.0/9'"] },
    { name: 'macaddr', declare: 'macaddr', values: ["'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"] },
    { name: 'interval', declare: 'interval', values: ["'1 mon'", "'23:00'"] },
    { name: 'array', declare: 'int[]', values: ["'{1,2}'", "'{1,2,3}'"] },
    { name: 'text array', declare: 'text[]', values: ['\'{a,"NULL"}\'', "'{}'"] },
    { name: 'boolean', declare: 'boolean', values: ['true', 'false'] },
    { name: 'money', declare: 'money', values: ["'1.50'", "'-1.50'"] },
    { name: 'bit', declare: 'bit(3)', values: ["B'101'", "B'100'"] },
    { name: 'varbit', declare: 'varbit', values: ["B''", "B'1'"] },
    { name: 'timetz', declare: 'timetz', values: ["'12:00+01'", "'11:00+00'"] },
    { name: 'range', declare: 'int4range', values: ["'[1,5)'", "'empty'"] },
    { name: 'multirange', declare: 'int4multirange', values: ["'{[1,5),[7,8)}'", "'{}'"] },
    { name: 'composite', declare: 'pair_of', values: ["'(1,a)'", '\'(1,"")\''] },
    { name: 'jsonb', declare: 'jsonb', values: ['\'{"a": 1}\'', "'[]'"] },
    { name: 'citext', declare: 'citext', values: ["'Aa'", "'b'"] },
    { name: 'ltree', declare: 'ltree', values: ["'Top.Science'", "'Top'"] },
    { name: 'hstore', declare: 'hstore', values: ["'a=>1'", "'a=>NULL'"] },
    { name: 'tsvector', declare: 'tsvector', values: ["'a b'", "'c'"] },
    { name: 'pg_lsn', declare: 'pg_lsn', values: ["'0/1'", "'1/0'"] },
  ],
};
const POSTGRESQL_SETUP = `CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS ltree;
  CREATE EXTENSION IF NOT EXISTS hstore; CREATE TYPE "a mood" AS ENUM ('sad', 'ok', E'so\\\\s''o');
  CREATE DOMAIN mood_domain AS "a mood"; CREATE TYPE pair_of AS (n int, t text)`;

describe.each(availableEngines())('a composite primary key on %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const types = TYPES[engine].map((type, at) => ({ ...type, table: `keyed${at}` }));
  let before: Comparison;
  let after: Comparison;

  beforeAll(async () => {
    if (engine === 'postgresql') await runOnBoth([source, target], POSTGRESQL_SETUP);
    for (const { table, declare, values } of types) {
      const [one, other] = values;
      await runOnBoth(
        [source, target],
        `CREATE TABLE ${table} (k ${declare}, id int, word varchar(20), PRIMARY KEY (k, id));
        INSERT INTO ${table} VALUES (${one}, 1, 'same'), (${other}, 1, 'same'), (${one}, 2, 'same'), (${other}, 2, 'same'), (${one}, 3, 'same')`,
      );
    }
    before = await compare({ source, target });
    for (const { table, values } of types) {
      await target.run(`DELETE FROM ${table} WHERE id = 3; INSERT INTO ${table} VALUES (${values[1]}, 4, 'more');
        INSERT INTO ${table} VALUES (${values[1]}, 5, 'same')`);
      await source.run(`INSERT INTO ${table} VALUES (${values[1]}, 5, 'newer')`);
    }
    after = await compare({ source, target });
  });

  it.each(types)('with a column of type $name tells rows apart', ({ table }) => {
    expect(tableResult(before, table)).toMatchObject({ verdict: 'verified', key: ['k', 'id'], findings: [] });
    expect(tableResult(after, table)).toMatchObject({
      verdict: 'different',
      key: ['k', 'id'],
      ...{ missing: 1, extra: 1, changed: 1, inFlight: 0 },
      findings: [],
    });
    const rows = after.differences.filter((row) => row.table.endsWith(`.${table}`));
    const found = rows.map(
      ({ difference: { kind, key, columns } }) => `${kind} ${key?.id} ${columns.join()}`,
    );
    expect(found.sort()).toEqual(['changed 5 word', 'extra 4 k,id,word', 'missing 3 k,id,word']);
    expect(rows.every(({ difference }) => difference.key?.k != null)).toBe(true);
  });

  it('is what a repair finds its rows by', async () => {
    const { repair, result } = await expectRoundTrip({ source, target });
    expect(repair + result.stdout).not.toContain('no key');
  }, 300_000);
});

const ENUMS: Readonly<Record<TestEngine, string>> = {
  mysql: "enum('de', 'at', 'ch')",
  mariadb: "enum('de', 'at', 'ch')",
  postgresql: 'country',
};

describe.each(enginePairs())('a key of an enum and a number, from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      const labels = database === source ? "'de', 'at', 'ch', 'li'" : "'ch', 'de', 'at'";
      if (database.engine === 'postgresql') await database.run(`CREATE TYPE country AS ENUM (${labels})`);
      await database.run(`CREATE TABLE place (country ${ENUMS[database.engine]}, id int, word varchar(20), PRIMARY KEY (country, id));
        CREATE TABLE as_text (country ${database === source ? ENUMS[database.engine] : 'varchar(10)'}, id int, word varchar(20), PRIMARY KEY (country, id))`);
      for (const table of ['place', 'as_text'])
        await database.run(
          `INSERT INTO ${table} VALUES ('de', 1, 'same'), ('at', 1, 'same'), ('ch', 1, 'same'), ('at', 2, 'same')`,
        );
    }
    if (source.engine === 'postgresql') await source.run("INSERT INTO place VALUES ('li', 9, 'alone')");
  });

  it.each(['place', 'as_text'])('tells the rows of %s apart by its label', async (table) => {
    await target.run(`UPDATE ${table} SET word = 'changed' WHERE country = 'at' AND id = 1`);
    const run = await compare({ source, target, flags: { tables: table } });
    const alone = source.engine === 'postgresql' && table === 'place' ? ['missing li/9'] : [];
    expect(listDifferences(run)).toEqual(['changed at/1 word', ...alone]);
    expect(tableResult(run, table)).toMatchObject({ key: ['country', 'id'], inFlight: 0 });
  });
});
