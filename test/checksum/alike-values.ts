import type { TestEngine } from '../support/database.js';

/**
 * A column of values that print or are stored alike. Those of one group are equal by a read; those of two groups are not.
 * Values are SQL.
 */
export interface AlikeValues {
  readonly name: string;
  readonly type: string;
  /** Another declaration of the target's column. */
  readonly targetType?: string;
  readonly groups: readonly (readonly string[])[];
  /** Set where the servers may hash the same value in two ways, so that it is read. */
  readonly isUnsteady?: true;
}

const each = (...values: string[]): string[][] => [...values.map((value) => [value]), ['NULL']];

const DOCUMENTS: readonly (readonly string[])[] = [
  [`'{"a":1}'`, `'{"a": 1}'`, `'{"a":1.0}'`],
  [`'{"a":"1"}'`],
  [`'{"a":true}'`],
  [`'{"a":"true"}'`],
  [`'{"a":null}'`],
  [`'{"a":1,"a":2}'`, `'{"a":2}'`],
  [`'{"a":1,"b":2}'`, `'{"b":2,"a":1}'`],
  [`'{}'`],
  [`'[]'`],
  [`'"2024-01-01"'`],
  [`'"a "'`],
  [`'"a"'`],
  ['NULL'],
];

/** Scalars of MySQL's documents that arrive as strings of the same text. */
const TYPED_DOCUMENTS: readonly (readonly string[])[] = [
  ...DOCUMENTS,
  ["CAST(CAST('2024-01-01' AS DATE) AS JSON)"],
  [`'"2024-01-01 00:00:00.000000"'`],
  ["CAST(CAST('2024-01-01' AS DATETIME) AS JSON)"],
  [`'"10:00:00.000000"'`],
  ["CAST(CAST('10:00' AS TIME) AS JSON)"],
  [`'"base64:type15:/w=="'`],
  ["CAST(x'ff' AS JSON)"],
  ["JSON_ARRAY('2024-01-01', CAST('2024-01-01' AS DATE))"],
  ["JSON_ARRAY(CAST('2024-01-01' AS DATE), '2024-01-01')"],
];

const MYSQL_FAMILY: readonly AlikeValues[] = [
  {
    name: 'doubles',
    type: 'double',
    groups: [
      ['0', '-0e0'],
      ...each('1', '1.0000000000000002', '0.1', '0.3', '0.30000000000000004', '1e308', '5e-324'),
    ],
  },
  {
    // MySQL prints both alike.
    name: 'least_doubles',
    type: 'double',
    groups: each('2.2250738585072014e-308', '2.225073858507201e-308'),
    isUnsteady: true,
  },
  {
    name: 'floats',
    type: 'float',
    groups: each('16777216', '16777218', '0.1', '0.10000001', '1e38', '1.0000001e38'),
  },
  { name: 'rounded_doubles', type: 'double(10,2)', groups: each('1.01', '1.02', '10000000') },
  {
    name: 'bits',
    type: 'bit(64)',
    groups: each('0', '1', '48', '18446744073709551615', '9223372036854775808'),
  },
  {
    name: 'shapes',
    type: 'geometry',
    groups: each(
      "ST_GeomFromText('POINT(1 2)')",
      "ST_GeomFromText('POINT(2 1)')",
      "ST_GeomFromText('POINT(1 2)', 4326)",
      "ST_GeomFromText('MULTIPOINT(1 2)')",
      "ST_GeomFromText('LINESTRING(1 2, 3 4)')",
      "ST_GeomFromText('LINESTRING(3 4, 1 2)')",
    ),
  },
  {
    name: 'permuted_enums',
    type: "enum('a','b','c')",
    targetType: "enum('c','b','a')",
    groups: each("'a'", "'b'", "'c'"),
  },
  {
    name: 'permuted_sets',
    type: "set('x','y','z')",
    targetType: "set('z','y','x')",
    groups: each("'x'", "'y'", "'z'", "'x,y'", "'x,y,z'", "''"),
    isUnsteady: true,
  },
  {
    name: 'texts',
    type: 'varchar(9) CHARACTER SET utf8mb4',
    groups: each("'a'", "'a '", "'A'", "'N'", "'1:a'", "''", "'é'", "'e'"),
  },
  { name: 'padded', type: 'char(4)', groups: [["'ab'", "'ab '"], ["'ab\\t'"], ["''"], ['NULL']] },
];

const MARIADB: readonly AlikeValues[] = [
  { name: 'documents', type: 'json', groups: DOCUMENTS },
  { name: 'addresses', type: 'inet6', groups: each("'::1'", "'::ffff:10.0.0.1'", "'::10.0.0.1'") },
  { name: 'old_addresses', type: 'inet4', groups: each("'10.0.0.1'", "'1.0.0.10'") },
  {
    name: 'uuids',
    type: 'uuid',
    groups: each("'00000000-0000-0000-0000-000000000001'", "'00000001-0000-0000-0000-000000000000'"),
  },
];

/** What `type` needs to be there, with labels in another order on the target, and a cast that makes labels alike. */
export function schemaOf(engine: TestEngine, side: 'source' | 'target'): string {
  if (engine !== 'postgresql') return "SET time_zone = '+00:00'";
  const labels = ["'a'", "'b'", "'A'", "'a '"];
  const ordered = side === 'source' ? labels : [...labels].reverse();
  const others = side === 'source' ? '' : 'CREATE TABLE shifts_numbers (id int);';
  return `${others} CREATE TABLE one (id int); CREATE TABLE two (id int);
    CREATE TYPE mood AS ENUM (${ordered.join(', ')});
    CREATE FUNCTION blur(mood) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''::text';
    CREATE CAST (mood AS text) WITH FUNCTION blur(mood);
    CREATE DOMAIN good_mood AS mood; CREATE DOMAIN small AS int CHECK (value < 1000);
    CREATE TYPE pair AS (a int, b text);
    CREATE TYPE mood_range AS RANGE (SUBTYPE = mood)`;
}

const POSTGRESQL: readonly AlikeValues[] = [
  { name: 'documents', type: 'json', groups: DOCUMENTS },
  { name: 'binary_documents', type: 'jsonb', groups: DOCUMENTS },
  { name: 'moods', type: 'mood', groups: each("'a'", "'b'", "'A'", "'a '") },
  { name: 'good_moods', type: 'good_mood', groups: each("'a'", "'b'", "'A'", "'a '") },
  {
    name: 'mood_arrays',
    type: 'mood[]',
    groups: each("'{a}'", "'{b}'", '\'{"a "}\'', "'[2:2]={a}'", "'{{a}}'", "'{NULL}'", "'{}'", "'{a,b}'"),
  },
  { name: 'mood_ranges', type: 'mood_range', groups: each("'[a,a]'", "'[b,b]'", "'empty'", "'(,)'") },
  {
    name: 'number_arrays',
    type: 'int[]',
    groups: each("'{1}'", "'[0:0]={1}'", "'{{1}}'", "'{1,NULL}'", "'{}'", "'{1,2}'", "'{2,1}'", "'{0}'"),
  },
  { name: 'domain_arrays', type: 'small[]', groups: each("'{1}'", "'{2}'", "'[0:0]={1}'") },
  {
    name: 'text_arrays',
    type: 'varchar(9)[]',
    groups: each(
      "'{NULL}'",
      '\'{"NULL"}\'',
      '\'{""}\'',
      "'{}'",
      '\'{"a,b"}\'',
      "'{a,b}'",
      '\'{"a "}\'',
      "'{a}'",
    ),
  },
  {
    name: 'decimal_arrays',
    type: 'numeric[]',
    groups: [["'{1}'", "'{1.0}'"], ["'{-1}'"], ["'{NaN}'"], ["'{0}'"], ['NULL']],
  },
  { name: 'float_arrays', type: 'float8[]', groups: [["'{0}'", "'{-0}'"], ["'{5e-324}'"], ['NULL']] },
  { name: 'classes', type: 'regclass', groups: each("'one'", "'two'") },
  { name: 'class_arrays', type: 'regclass[]', groups: each("'{one}'", "'{two}'", "'[2:2]={one}'", "'{}'") },
  {
    name: 'ranges',
    type: 'int4range',
    groups: [["'[1,5)'", "'[1,4]'"], ...each("'empty'", "'(,5)'", "'[1,)'")],
  },
  {
    name: 'decimal_ranges',
    type: 'numrange',
    groups: [["'[1,5)'", "'[1.0,5)'"], ...each("'[1,5]'", "'(1,5)'", "'empty'")],
  },
  { name: 'pairs', type: 'pair', groups: each("'(1,)'", '\'(1,"")\'', "'(,1)'", '\'(1,"1 ")\'', "'(1,1)'") },
  {
    name: 'addresses',
    type: 'inet',
    groups: [
      ["'10.0.0.1'", "'10.0.0.1/32'"],
      ...each("'10.0.0.1/24'", "'10.0.0.0/24'", "'::ffff:10.0.0.1'", "'::10.0.0.1'"),
    ],
  },
  { name: 'networks', type: 'cidr', groups: each("'10.0.0.0/24'", "'10.0.0.0/25'", "'10.0.0.0/32'") },
  { name: 'cards', type: 'macaddr', groups: each("'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'") },
  { name: 'zoned', type: 'timetz', groups: each("'12:00+00'", "'13:00+01'", "'12:00+01'") },
  {
    name: 'spans',
    type: 'interval',
    groups: each("'1 month'", "'30 days'", "'720:00:00'", "'1 mon -1 day'", "'29 days'", "'-00:00:01'"),
  },
  { name: 'amounts', type: 'money', groups: each("'1.00'", "'1.01'", "'-1.00'", "'100'") },
  { name: 'bits', type: 'bit(3)', groups: each("B'101'", "B'100'", "B'001'") },
  { name: 'numbers', type: 'oid', groups: each('1', '2', '4294967295') },
  { name: 'characters', type: '"char"', groups: each("''", "'a'", "'é'", "'Δ'") },
  { name: 'markup', type: 'xml', groups: each("'<a/>'", "'<a></a>'", "'<a> </a>'") },
  { name: 'points', type: 'point', groups: [["'(0,0)'", "'(-0,0)'"], ...each("'(1,0)'", "'(0,1)'")] },
  { name: 'paths', type: 'path', groups: each("'[(0,0),(1,1)]'", "'((0,0),(1,1))'", "'((1,1),(0,0))'") },
  { name: 'polygons', type: 'polygon', groups: each("'((0,0),(1,1))'", "'((0,0),(1,1),(0,0))'") },
  { name: 'circles', type: 'circle', groups: each("'<(0,0),1>'", "'<(0,1),0>'") },
  { name: 'words', type: 'tsvector', groups: [["'a b'", "'b a'"], ...each("'a:1 b'", "'a b:1'", "'a'")] },
  { name: 'places', type: 'pg_lsn', groups: each("'0/1'", "'1/0'") },
  { name: 'slots', type: 'tid', groups: each("'(0,1)'", "'(1,0)'") },
  { name: 'padded', type: 'char(4)', groups: [["'ab'", "'ab '"], ["''"], ['NULL']] },
];

/** The columns of a server, of whichever types it has. */
export function alikeValuesOf(engine: TestEngine, version: string): readonly AlikeValues[] {
  // PostgreSQL has arrays of domains from 11 on.
  if (engine === 'postgresql')
    return POSTGRESQL.filter(({ type }) => type !== 'small[]' || Number.parseInt(version, 10) > 10);
  if (engine === 'mariadb') return [...MYSQL_FAMILY, ...MARIADB.filter(({ type }) => hasType(type, version))];
  const documents = { name: 'documents', type: 'json', groups: TYPED_DOCUMENTS };
  return Number.parseFloat(version) < 5.7 ? MYSQL_FAMILY : [...MYSQL_FAMILY, documents];
}

/** MariaDB has INET6 from 10.5 on, UUID from 10.7 and INET4 from 10.10. */
function hasType(type: string, version: string): boolean {
  const minor = Number(/^10\.(\d+)/.exec(version)?.[1] ?? 99);
  return minor >= ({ uuid: 7, inet4: 10 }[type] ?? 0);
}
