import fc from 'fast-check';
import type { Value } from 'rowproof';
import type { TestEngine } from '../support/database.js';

/** A kind of column that every engine has, the values it may hold, and how each engine spells them. */
export interface ColumnKind {
  readonly name: string;
  readonly declare: (engine: TestEngine) => string;
  readonly value: fc.Arbitrary<string>;
  readonly write: (value: string, engine: TestEngine) => string;
  /** Whether it may be of a key, and rows are then told apart by it. */
  readonly isKey: boolean;
}

const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

function writeText(text: string, engine: TestEngine): string {
  if (engine === 'postgresql') return `'${text.replaceAll("'", "''")}'`;
  return text === '' ? "''" : `_utf8mb4 0x${hexOf(text)}`;
}

const asIs = (value: string): string => value;
const quoted = (value: string): string => `'${value}'`;
const two = (value: number): string => String(value).padStart(2, '0');

/** A shown value in the words of its kind; for keys, which are what a difference is found by. */
export function readKeyValue(kind: ColumnKind, value: Value | undefined): string {
  const shown = typeof value === 'object' && value !== null ? value.hex : (value ?? 'absent');
  switch (kind.name) {
    case 'decimal':
      return normalDecimal(shown);
    case 'datetime':
      return shown.includes('.') ? shown : `${shown}.000000`;
    case 'uuid':
      return shown.replaceAll('-', '');
    case 'double':
      return Number(shown) === 0 ? '0e0' : Number(shown).toExponential();
    case 'boolean':
      return shown === 'true' || shown === '1' ? '1' : '0';
    default:
      return shown;
  }
}

/** Kinds whose order is no reason to walk a table by them: rows are reported in another one. */
export const UNORDERED_KINDS: ReadonlySet<string> = new Set(['double']);

/** The order in which rows must be reported, by a kind's own sense. */
export function compareKeyValues({ name }: ColumnKind, one: string, other: string): number {
  if (name === 'int' || name === 'bigint unsigned' || name === 'decimal') {
    const difference = toScaled(one) - toScaled(other);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (name === 'double') return Number(one) - Number(other);
  return Buffer.compare(Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8'));
}

function toScaled(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(`${whole}${fraction.padEnd(10, '0')}`);
}

/** Few different values next to many, so that keys of one table are close together as often as far apart. */
const near = (values: fc.Arbitrary<bigint>, small: bigint): fc.Arbitrary<string> =>
  fc.oneof(fc.bigInt({ min: small, max: 40n }), values).map(String);

const date = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1995, max: 2005 }), fc.integer({ min: 1000, max: 9999 })),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ year, month, day }) => `${year}-${two(month)}-${two(day)}`);

const datetime = fc
  .record({ date, second: fc.integer({ min: 0, max: 86399 }), micros: fc.integer({ min: 0, max: 999999 }) })
  .map(({ date: day, second, micros }) => {
    const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map(two).join(':');
    return `${day} ${clock}.${String(micros).padStart(6, '0')}`;
  });

const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: fc.constantFrom(...' aAbB_zä\t\'"\\`,€中�😀😁'), maxLength: 8 }),
);

const hex = (minimum: number, maximum: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: minimum, maxLength: maximum })
    .map((bytes) => Buffer.from(bytes).toString('hex'));

const writeBytes = (value: string, engine: TestEngine): string =>
  engine === 'postgresql' ? `'\\x${value}'` : `x'${value}'`;

const CODEPOINT: Readonly<Record<TestEngine, string>> = {
  mariadb: 'varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin',
  mysql: 'varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin',
  postgresql: 'varchar(40) COLLATE "C"',
};

const pick =
  (mysqlFamily: string, postgresql: string) =>
  (engine: TestEngine): string =>
    engine === 'postgresql' ? postgresql : mysqlFamily;

/** Every kind of which random tables are made. */
export const COLUMN_KINDS: readonly ColumnKind[] = [
  {
    name: 'int',
    declare: () => 'int',
    value: near(fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }), -40n),
    write: asIs,
    isKey: true,
  },
  {
    name: 'bigint unsigned',
    declare: pick('bigint unsigned', 'numeric(20,0)'),
    value: near(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), 0n),
    write: asIs,
    isKey: true,
  },
  {
    name: 'decimal',
    declare: () => 'decimal(30,10)',
    value: fc
      .record({
        digits: fc.oneof(
          fc.bigInt({ min: -99n, max: 99n }),
          fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n }),
        ),
        scale: fc.integer({ min: 0, max: 10 }),
      })
      .map(({ digits, scale }) => {
        const plain = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
        const whole = plain.slice(0, plain.length - scale).slice(-20);
        return `${digits < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${plain.slice(plain.length - scale)}`}`;
      })
      .map(normalDecimal),
    write: asIs,
    isKey: true,
  },
  { name: 'date', declare: () => 'date', value: date, write: quoted, isKey: true },
  {
    name: 'datetime',
    declare: pick('datetime(6)', 'timestamp(6)'),
    value: datetime,
    write: quoted,
    isKey: true,
  },
  {
    name: 'uuid',
    declare: pick('binary(16)', 'uuid'),
    value: hex(16, 16),
    write: (value, engine) => (engine === 'postgresql' ? `'${value}'` : `x'${value}'`),
    isKey: true,
  },
  {
    name: 'bytes',
    declare: pick('varbinary(40)', 'bytea'),
    value: fc.oneof(hex(0, 3), hex(0, 20)),
    write: writeBytes,
    isKey: true,
  },
  { name: 'text', declare: (engine) => CODEPOINT[engine], value: text, write: writeText, isKey: true },
  { name: 'prose', declare: () => 'text', value: text, write: writeText, isKey: false },
  {
    name: 'double',
    declare: pick('double', 'double precision'),
    value: fc
      .oneof(
        fc.integer({ min: -9, max: 9 }),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
      )
      .map((value) => (Math.abs(value) < 1e-300 ? '0e0' : value.toExponential())),
    write: asIs,
    isKey: true,
  },
  {
    name: 'boolean',
    declare: pick('tinyint(1)', 'boolean'),
    value: fc.constantFrom('0', '1'),
    write: (value, engine) => (engine === 'postgresql' ? (value === '1' ? 'true' : 'false') : value),
    isKey: true,
  },
  {
    name: 'json',
    declare: pick('json', 'jsonb'),
    value: fc
      .jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b', 'é', '😀', '"') })
      .map((value) =>
        JSON.stringify(value, (_, part) => (typeof part === 'number' ? Math.trunc(part % 1e6) : part)),
      )
      .map(sortedMembers),
    write: writeText,
    isKey: false,
  },
];

/** One spelling for each number, so that equal values are equal strings here. */
function normalDecimal(text: string): string {
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  const plain = trimmed.replace(/^(-?)0+(?=\d)/, '$1');
  return plain === '-0' ? '0' : plain;
}

/** One spelling for each document, so that equal values are equal strings here. */
function sortedMembers(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
