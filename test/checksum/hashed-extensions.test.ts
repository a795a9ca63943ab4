import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { useDatabase } from '../support/database.js';

/** Types that are no part of the engine, or that have no cast, with two values each that are stored or print nearly alike. */
const TYPES: readonly (readonly [type: string, one: string, other: string])[] = [
  ['citext', "'a'", "'A'"],
  ['citext[]', "'{a}'", "'[0:0]={a}'"],
  ['ltree', "'a.b'", "'a.B'"],
  ['hstore', "'a=>1, b=>2'", "'a=>1, b=>NULL'"],
  ['xid', "'1'", "'2'"],
  ['jsonpath', "'$.a'", "'$.b'"],
];

/** A type of its own without a rule: equal bytes are equal values, and others prove nothing. */
const KELVIN = `CREATE TYPE kelvin;
  CREATE FUNCTION kelvin_in(cstring) RETURNS kelvin LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
  CREATE FUNCTION kelvin_out(kelvin) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
  CREATE FUNCTION kelvin_send(kelvin) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
  CREATE TYPE kelvin (INPUT = kelvin_in, OUTPUT = kelvin_out, SEND = kelvin_send, LIKE = int4);
  CREATE TABLE opaque (id int PRIMARY KEY, v kelvin); INSERT INTO opaque VALUES (1, '1'), (2, NULL)`;

describe('types that have another number in every database', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  const tables = TYPES.map(([type, one, other], i) => ({ name: `t${i}`, type, one, other }));
  const hashed = () => compare({ source, target, flags: { 'checksum-on': 'server' } });

  beforeAll(async () => {
    // Types that come before the extensions have the numbers that theirs have in the source.
    await target.run("CREATE TYPE first AS ENUM ('a'); CREATE TYPE second AS (a int)");
    for (const { run } of [source, target]) {
      await run(`CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE EXTENSION hstore; ${KELVIN}`);
      for (const { name, type, one, other } of tables)
        await run(`CREATE TABLE ${name} (id int PRIMARY KEY, v ${type});
          INSERT INTO ${name} VALUES (1, ${one}), (2, ${other}), (3, NULL)`);
    }
  });

  it('are hashed alike by two servers', async () => {
    const found = await hashed();
    expect(found.result.verdict).toBe('verified');
    for (const { name } of [...tables, { name: 'opaque' }])
      expect([name, tableResult(found, name).checksum]).toEqual([name, 'server']);
  });

  it('are told apart, and a difference without a rule is not verified', async () => {
    for (const { name, other } of tables) await target.run(`UPDATE ${name} SET v = ${other} WHERE id = 1`);
    await target.run("UPDATE opaque SET v = '2' WHERE id = 1");
    const found = await hashed();
    expect(listDifferences(found)).toEqual(tables.map(() => 'changed 1 v'));
    expect(tableResult(found, 'opaque').verdict).toBe('unverified');
  });
});

describe('what servers are not asked to hash', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('are composites with labels, or with a type that only its text says, and they are read', async () => {
    for (const { run } of [source, target])
      await run(`CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE labelled AS (m mood); CREATE TYPE named AS (c regclass);
        CREATE TABLE t1 (id int PRIMARY KEY, v labelled); INSERT INTO t1 VALUES (1, '(a)');
        CREATE TABLE t2 (id int PRIMARY KEY, v named); INSERT INTO t2 VALUES (1, '(t1)');
        CREATE TABLE t3 (id int PRIMARY KEY, v mood[], w labelled[]); INSERT INTO t3 VALUES (1, '{a}', '{"(a)"}')`);
    const found = await compare({ source, target, flags: { 'checksum-on': 'server' } });
    for (const name of ['t1', 't2', 't3'])
      expect(tableResult(found, name)).toMatchObject({ verdict: 'verified', checksum: 'client' });
  });
});
