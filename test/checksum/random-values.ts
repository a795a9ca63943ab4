import fc from 'fast-check';
import type { TestEngine } from '../support/database.js';

/** A column type with SQL values of it that are near each other, in more than one spelling. */
export interface RandomValues {
  readonly name: string;
  readonly type: string;
  readonly targetType?: string;
  readonly value: fc.Arbitrary<string>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const small = fc.integer({ min: -2, max: 2 });

/** Doubles next to each other, of every size. */
const double = fc
  .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1, -1))
  .map(([value, step]) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    const moved = BigInt.asIntN(64, bytes.readBigInt64BE() + BigInt(step));
    bytes.writeBigInt64BE(moved);
    const near = bytes.readDoubleBE();
    return Number.isFinite(near) ? near : value;
  });
const float = double.map(Math.fround).filter(Number.isFinite);
const letters = fc.string({ unit: fc.constantFrom('a', 'A', ' ', 'é', '1'), maxLength: 3 });

/** A document whose numbers, members and white space are spelled in one of several ways. */
const json = fc
  .tuple(
    fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', '1', ' ') }),
    fc.constantFrom('', ' '),
    fc.boolean(),
  )
  .map(([value, space, isTwice]) => spellJson(value, space, isTwice));

function spellJson(value: unknown, space: string, isTwice: boolean): string {
  if (typeof value === 'number') return spellNumber(value, isTwice);
  if (Array.isArray(value))
    return `[${value.map((part) => spellJson(part, space, isTwice)).join(`,${space}`)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, part]) => `${JSON.stringify(name)}:${space}${spellJson(part, space, isTwice)}`,
  );
  if (isTwice) members.unshift(...members.slice(0, 1));
  return `{${members.join(`,${space}`)}}`;
}

function spellNumber(value: number, isLong: boolean): string {
  const whole = Math.trunc(value % 3);
  return isLong ? `${Object.is(whole, -0) ? 0 : whole}.0` : String(Object.is(whole, -0) ? 0 : whole);
}

const typedScalar = fc.constantFrom(
  "CAST('2024-01-01' AS DATE)",
  "'2024-01-01'",
  "CAST('2024-01-01' AS DATETIME)",
  "'2024-01-01 00:00:00.000000'",
  "CAST('1' AS DECIMAL(3,1))",
  '1',
  "'1'",
  'true',
);
const typedJson = fc
  .tuple(typedScalar, typedScalar, fc.boolean())
  .map(([one, other, isArray]) =>
    isArray ? `JSON_ARRAY(${one}, ${other})` : `JSON_OBJECT('a', ${one}, 'b', ${other})`,
  );

const shape = fc
  .tuple(small, small, small, fc.constantFrom(0, 4326), fc.constantFrom('POINT', 'MULTIPOINT', 'LINESTRING'))
  .map(([x, y, z, srid, kind]) => {
    const more = kind === 'LINESTRING' ? `,${z} ${x + 1}` : '';
    return `ST_GeomFromText('${kind}(${x} ${y}${more})', ${srid})`;
  });

const MYSQL_FAMILY: readonly RandomValues[] = [
  { name: 'doubles', type: 'double', value: double.map(String) },
  { name: 'floats', type: 'float', value: float.map(String) },
  { name: 'bits', type: 'bit(20)', value: fc.nat({ max: 2 ** 20 - 1 }).map(String) },
  { name: 'shapes', type: 'geometry', value: shape },
  { name: 'texts', type: 'varchar(9) CHARACTER SET utf8mb4', value: letters.map(quoted) },
  {
    name: 'sets',
    type: "set('a','b','c')",
    targetType: "set('c','a','b')",
    value: fc.subarray(['a', 'b', 'c']).map((labels) => quoted(labels.join(','))),
  },
  {
    name: 'enums',
    type: "enum('a','1','2')",
    targetType: "enum('2','a','1')",
    value: fc.constantFrom('a', '1', '2').map(quoted),
  },
];

const element = fc.option(small.map(String), { nil: 'NULL', freq: 4 });
const array = fc
  .tuple(fc.array(element, { maxLength: 2 }), small, fc.boolean())
  .map(([elements, lower, isNested]) => {
    if (elements.length === 0) return "'{}'";
    const inner = `{${elements.join(',')}}`;
    const bounds = `[${lower}:${lower + (isNested ? 0 : elements.length - 1)}]`;
    return isNested ? `'${bounds}[1:${elements.length}]={${inner}}'` : `'${bounds}=${inner}'`;
  });
const textArray = fc
  .array(fc.option(letters, { nil: null, freq: 4 }), { maxLength: 3 })
  .map(
    (texts) => `ARRAY[${texts.map((text) => (text === null ? 'NULL' : quoted(text))).join(', ')}]::text[]`,
  );
const range = fc
  .tuple(small, small, fc.constantFrom('[', '('), fc.constantFrom(']', ')'), fc.constantFrom('', '.0'))
  .map(
    ([one, other, open, close, tail]) =>
      `'${open}${Math.min(one, other)}${tail},${Math.max(one, other)}${close}'`,
  );

const POSTGRESQL: readonly RandomValues[] = [
  { name: 'documents', type: 'json', value: json.map(quoted) },
  { name: 'binary_documents', type: 'jsonb', value: json.map(quoted) },
  { name: 'arrays', type: 'int[]', value: array },
  { name: 'decimal_arrays', type: 'numeric(8,2)[]', value: array },
  { name: 'text_arrays', type: 'text[]', value: textArray },
  { name: 'float_arrays', type: 'float8[]', value: double.map((value) => `'{${value}}'`) },
  { name: 'ranges', type: 'numrange', value: range },
  { name: 'whole_ranges', type: 'int8range', value: range.map((text) => text.replaceAll('.0', '')) },
  {
    name: 'spans',
    type: 'interval',
    value: fc
      .tuple(small, small, small)
      .map(([months, days, seconds]) => `'${months} mon ${days * 30} day ${seconds * 86_400} sec'`),
  },
  {
    name: 'addresses',
    type: 'inet',
    value: fc
      .tuple(fc.nat({ max: 2 }), fc.constantFrom('/32', '', '/24', '/31'), fc.constantFrom('', '::'))
      .map(([last, bits, family]) => `'${family}10.0.0.${last}${bits}'`),
  },
  {
    name: 'moods',
    type: 'mood[]',
    value: fc
      .array(fc.constantFrom('a', 'A', 'b', '"a "', 'NULL'), { maxLength: 2 })
      .map((all) => `'{${all.join(',')}}'`),
  },
  {
    name: 'pairs',
    type: 'pair',
    value: fc
      .tuple(element, fc.option(letters, { nil: null }))
      .map(([a, b]) => `ROW(${a}, ${b === null ? 'NULL' : quoted(b)})::pair`),
  },
  { name: 'points', type: 'point', value: fc.tuple(double, small).map(([x, y]) => `'(${x},${y})'`) },
  {
    name: 'words',
    type: 'tsvector',
    value: fc
      .array(fc.constantFrom('a', 'b', 'a:1', 'a:2', 'b:1A'), { maxLength: 3 })
      .map((all) => `'${all.join(' ')}'`),
  },
];

/** The columns that an engine can be given. */
export function randomValuesOf(engine: TestEngine): readonly RandomValues[] {
  if (engine === 'postgresql') return POSTGRESQL;
  const document = engine === 'mysql' ? fc.oneof(typedJson, json.map(quoted)) : json.map(quoted);
  return [...MYSQL_FAMILY, { name: 'documents', type: 'json', value: document }];
}
