import type { Diagnosis } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, tableResult } from '../app/compare.js';
import { type TestDatabase, useDatabase } from '../support/database.js';

type Row = readonly (string | null)[];

/** A table of a damaged migration: what each side holds, and everything that must be said of it. */
interface DamagedTable {
  readonly name: string;
  /** Columns, with the types of MariaDB and of PostgreSQL. */
  readonly columns: readonly (readonly [name: string, mariadb: string, postgresql: string])[];
  readonly source: readonly Row[];
  readonly damage: (row: Row, index: number) => Row | null;
  readonly added?: readonly Row[];
  readonly said: readonly string[];
}

const ROWS = 400;
const NAMES = ['Zoë', 'Jürgen', 'Ana', 'Łukasz', 'Bob', 'José', 'Mia', 'Ünal'];
const MISREAD: Readonly<Record<string, string>> = {
  ...{ Zoë: 'ZoÃ«', Jürgen: 'JÃ¼rgen', Łukasz: 'Å\u0081ukasz', José: 'JosÃ©', Ünal: 'Ãœnal' },
};

const numbered = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));
const day = (n: number): string => new Date(Date.UTC(2024, 0, n)).toISOString().slice(0, 10);
const every = (step: number, count = ROWS): number => Math.floor(count / step);

/** The hour that Berlin's clocks are ahead of UTC, from the rule of the European Union: this is the oracle. */
function berlin(time: string): string {
  const utc = Date.parse(`${time.replace(' ', 'T')}Z`);
  const isSummer = utc >= Date.UTC(2024, 2, 31, 1) && utc < Date.UTC(2024, 9, 27, 1);
  return new Date(utc + (isSummer ? 2 : 1) * 3_600_000).toISOString().replace('T', ' ').slice(0, 19);
}

const TABLES: readonly DamagedTable[] = [
  {
    name: 'customers',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['name', 'varchar(60)', 'varchar(60)'],
      ['city', 'varchar(60)', 'varchar(60)'],
      ['code', 'varchar(12)', 'varchar(8)'],
      ['status', 'varchar(20)', 'varchar(20)'],
      ['legacy', 'varchar(60)', 'varchar(60)'],
    ],
    source: numbered(ROWS, (n) => [
      `${n}`,
      `${NAMES[n % 8]} ${n}`,
      `Köln ${n}`,
      `CUSTOMER-${n}`.slice(0, n % 3 === 0 ? 12 : 8),
      n % 5 === 0 ? ' Paid' : 'Paid',
      'MÃ¼ller',
    ]),
    damage: ([id = '', name, city, code, status, legacy], i) => [
      id,
      (name ?? '').replace(/\P{L}.*/u, '').replace(/.*/, (first) => MISREAD[first] ?? first) +
        (name ?? '').replace(/^\p{L}+/u, ''),
      i % 10 === 0 ? (city ?? '').replace('ö', '?') : (city ?? null),
      (code ?? '').slice(0, 8),
      i % 5 === 4 ? 'Paid' : (status ?? null),
      legacy ?? null,
    ],
    said: [
      'name: double-encoded, read as cp1252: 250 of 250 proved',
      "city: characters-replaced, by '?': 40 of 40 proved",
      'code: truncated, at 8 characters: 133 of 133 proved',
      'status: edge-spaces, leading ones removed: 80 of 80 proved',
    ],
  },
  {
    name: 'notes',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['body', 'varchar(200) CHARACTER SET utf8mb4', 'text'],
      ['subject', 'varchar(200)', 'text'],
      ['tag', 'varchar(20)', 'varchar(20)'],
      ['remark', 'varchar(20)', 'varchar(20)'],
    ],
    source: numbered(ROWS, (n) => [
      `${n}`,
      n % 4 === 0 ? `Great 😀 thanks ${n}` : `line one\r\nline ${n}`,
      n % 10 === 0 ? `Re: cafe\u0301 ${n}` : `Re: ${n}`,
      `Tag${n}`,
      n % 2 === 0 ? '' : 'x',
    ]),
    damage: ([id = '', body, subject, tag, remark]) => [
      id,
      (body ?? '').replace(/😀.*/u, '').replaceAll('\r\n', '\n'),
      (subject ?? '').normalize('NFC'),
      (tag ?? '').toLowerCase(),
      remark === '' ? null : (remark ?? null),
    ],
    said: [
      'body: line-ends, CRLF became LF: 300 of 400 proved',
      'body: cut-at-four-byte-character: 100 of 400 proved',
      'subject: unicode-normalization, to NFC: 40 of 40 proved',
      'tag: letter-case, lower-cased: 400 of 400 proved',
      'remark: null-against-empty, empty became NULL: 200 of 200 proved',
    ],
  },
  {
    name: 'orders',
    columns: [
      ['id', 'bigint PRIMARY KEY', 'bigint PRIMARY KEY'],
      ['total', 'decimal(12,4)', 'numeric(12,2)'],
      ['placed_at', 'datetime(6)', 'timestamp'],
      ['seen_at', 'datetime(6)', 'timestamp'],
      ['closed_at', 'datetime(6)', 'timestamp'],
      ['due_on', 'date', 'date'],
      ['token', 'char(36) CHARACTER SET ascii', 'uuid'],
    ],
    source: numbered(ROWS, (n) => [
      `${n}`,
      `${n}.12${n % 2 === 0 ? '75' : '00'}`,
      `${day(n)} 10:00:00`,
      `${day(n)} 11:12:13`,
      `${day(n)} 12:13:14.${n % 4 === 0 ? '654321' : '000000'}`,
      n % 20 === 0 ? '0000-00-00' : day(n),
      `6ccd780c-baba-1026-9564-${String(n).padStart(12, '0')}`,
    ]),
    damage: ([id = '', total, placed, seen, closed, due, token]) => [
      id,
      Number(total).toFixed(2),
      berlin(placed ?? ''),
      (seen ?? '').replace(' 11', ' 09'),
      (closed ?? '').slice(0, 19),
      due === '0000-00-00' ? null : (due ?? null),
      (token ?? '').replace(/^(.{8})-(.{4})-(.{4})/, (_, low: string, middle: string, high: string) => {
        const digits = high + middle + low;
        return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12)}`;
      }),
    ],
    said: [
      'total: decimal-scale, rounded to 2 fraction digits: 200 of 200 proved',
      'placed_at: zone-shift, from UTC to Europe/Berlin or a zone with its rules: 400 of 400 proved',
      'seen_at: time-shift, by -02:00: 400 of 400 proved',
      'closed_at: time-precision, cut to seconds: 100 of 100 proved',
      'due_on: zero-date, the zero date became NULL: 20 of 20 proved',
      "token: uuid-groups-swapped, as UUID_TO_BIN's swap flag does: 400 of 400 proved",
    ],
  },
  {
    name: 'counters',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['hits', 'bigint unsigned', 'bigint'],
      ['snowflake', 'bigint', 'bigint'],
      ['bytes', 'bigint', 'bigint'],
      ['active', 'tinyint', 'boolean'],
      ['ratio', 'double', 'double precision'],
      ['first_name', 'varchar(20)', 'varchar(20)'],
      ['last_name', 'varchar(20)', 'varchar(20)'],
      ['updated_at', 'datetime', 'timestamp'],
    ],
    source: numbered(ROWS, (n) => [
      `${n}`,
      n % 40 === 0 ? `${2n ** 32n + BigInt(n)}` : `${n}`,
      `${2n ** 60n + BigInt(n)}`,
      n % 50 === 0 ? `${2 ** 31 + n}` : `${n}`,
      n % 100 === 0 ? '7' : `${n % 2}`,
      `${n}.123456789`,
      `First${n}`,
      `Last${n}`,
      `${day(n)} 10:00:00`,
    ]),
    damage: ([id = '', hits, snowflake, bytes, active, ratio, first, last, updated], i) => [
      id,
      `${BigInt.asIntN(32, BigInt(hits ?? 0))}`,
      `${BigInt(Number(snowflake))}`,
      Number(bytes) > 2147483647 ? '2147483647' : (bytes ?? null),
      active === '0' ? 'false' : 'true',
      `${Number(Number(ratio).toPrecision(6))}`,
      ...(i % 8 === 0 ? [last ?? null, first ?? null] : [first ?? null, last ?? null]),
      updated ?? null,
    ],
    said: [
      `first_name+last_name: columns-swapped, : ${every(8)} of ${every(8)} proved`,
      `hits: integer-wrapped, at 32 bits: ${every(40)} of ${every(40)} proved`,
      'snowflake: double-rounding, beyond 2^53: 399 of 399 proved',
      `bytes: number-clamped, to 2147483647, the most that 32 bits hold: ${every(50)} of ${every(50)} proved`,
      'active: truth-value, all but 0 became 1: 4 of 4 proved',
      'ratio: float-digits, to 6 digits: 400 of 400 proved',
    ],
  },
  {
    name: 'visits',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['page', 'varchar(40)', 'varchar(40)'],
      ['updated_at', 'datetime', 'timestamp'],
    ],
    source: numbered(ROWS, (n) => [`${n}`, `page number ${n}`, `${day(n)} 10:00:00`]),
    damage: ([id = '', page, updated], i) => [
      id,
      page ?? null,
      i % 7 === 0 ? `2026-05-01 0${i % 9}:${10 + (i % 50)}:${10 + ((i * i) % 47)}` : (updated ?? null),
    ],
    said: ['updated_at: auto-updated, later on the target: 58 of 58 likely'],
  },
  {
    name: 'chunked',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['word', 'varchar(40)', 'varchar(40)'],
    ],
    source: numbered(5000, (n) => [`${n}`, `word number ${n}`]),
    damage: (row) => (Number(row[0]) % 500 === 0 && row[0] !== '5000' ? null : row),
    said: [': missing-at-intervals, every 500 keys, from 500 to 4500: 9 of 9 proved'],
  },
  {
    name: 'limited',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['word', 'varchar(40)', 'varchar(40)'],
    ],
    source: numbered(1234, (n) => [`${n * 3}`, `word number ${n}`]),
    damage: (row, i) => (i < 1000 ? row : null),
    said: [
      ': missing-tail, from key 3003 on: 234 of 234 proved',
      ': round-row-count, exactly 1,000: 234 of 234 proved',
    ],
  },
  {
    name: 'batched',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['word', 'varchar(40)', 'varchar(40)'],
    ],
    source: numbered(1500, (n) => [`${n}`, `word number ${n}`]),
    damage: (row, i) => ((i >= 200 && i < 300) || (i >= 700 && i < 800) ? null : row),
    said: [': missing-runs, keys 201 to 300, 701 to 800: 200 of 200 proved'],
  },
  {
    name: 'renumbered',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['word', 'varchar(40)', 'varchar(40)'],
      ['price', 'decimal(8,3)', 'numeric'],
    ],
    source: numbered(100, (n) => [`${n}`, `word number ${n}`, '1.500']),
    damage: (row) => (Number(row[0]) > 90 ? [`${Number(row[0]) + 1000}`, row[1] ?? null, '1.5'] : row),
    said: ['id: key-changed, all other columns are equal; every key by +1000: 10 of 10 proved'],
  },
  {
    name: 'doubled',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['word', 'varchar(40)', 'varchar(40)'],
    ],
    source: numbered(150, (n) => [`${n}`, `word number ${n}`]),
    damage: (row) => row,
    added: numbered(150, (n) => [`${n + 150}`, `word number ${n}`]),
    said: [': rows-duplicated, equal to another row but for the key: 150 of 150 proved'],
  },
  {
    name: 'untouched',
    columns: [
      ['id', 'int PRIMARY KEY', 'int PRIMARY KEY'],
      ['word', 'varchar(40)', 'varchar(40)'],
    ],
    source: numbered(50, (n) => [`${n}`, `Müller ${n}`]),
    damage: (row, i) => (i === 7 ? ['8', 'someone else'] : row),
    said: [],
  },
];

function line({ cause, confidence, columns, rows, evidence: { detail, of } }: Diagnosis): string {
  return `${columns.join('+')}: ${cause}, ${detail}: ${rows} of ${of} ${confidence}`
    .replace(', :', ', :')
    .replace(/, :(?= \d)/, ':');
}

async function write(database: TestDatabase, side: 'source' | 'target', table: DamagedTable): Promise<void> {
  const type = database.engine === 'postgresql' ? 2 : 1;
  const columns = table.columns.map((column) => `${column[0]} ${column[type]}`).join(', ');
  const damaged = table.source.map(table.damage).filter((row) => row !== null);
  const rows = side === 'source' ? table.source : [...damaged, ...(table.added ?? [])];
  const literal = (value: string | null): string => (value === null ? 'NULL' : `'${value}'`);
  await database.run(`CREATE TABLE ${table.name} (${columns})`);
  await database.run(
    `INSERT INTO ${table.name} VALUES ${rows.map((row) => `(${row.map(literal).join(',')})`).join(',\n')}`,
  );
}

describe('a migration from MariaDB to PostgreSQL that was damaged in many ways', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  let run: Awaited<ReturnType<typeof compare>>;

  beforeAll(async () => {
    await source.run("SET sql_mode = ''");
    for (const table of TABLES) {
      await write(source, 'source', table);
      await write(target, 'target', table);
    }
    run = await compare({ source, target });
  }, 300_000);

  it.each(TABLES)('says exactly what happened to $name, with its counts', ({ name, said }) => {
    const lines = tableResult(run, name).diagnoses.map(line);
    expect([...lines].sort()).toEqual([...said.map((each) => each.replace(', : ', ': '))].sort());
  });

  it('warns of text that was encoded twice before the migration and is equal on both sides', () => {
    expect(findingCodes(tableResult(run, 'customers'))).toEqual(['latent-double-encoding']);
    const [finding] = tableResult(run, 'customers').findings;
    expect(finding?.message).toContain('Column legacy holds text that looks like UTF-8 encoded twice');
    expect(findingCodes(tableResult(run, 'untouched'))).toEqual([]);
  });

  it('keeps no value of a row in what it says where values are hidden', async () => {
    const hidden = await compare({
      source,
      target,
      flags: { 'hide-values': true, tables: ['customers', 'notes'] },
    });
    const { diagnoses } = tableResult(hidden, 'customers');
    expect(diagnoses).toHaveLength(4);
    expect(JSON.stringify(hidden.result)).not.toMatch(/Zo|Great|Köln|CUSTOMER/);
  });
});

describe('a migration from PostgreSQL to MariaDB', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  it('says that rows were kept out by a unique key whose collation holds them equal to others', async () => {
    const columns = 'id int PRIMARY KEY, email varchar(60) UNIQUE';
    await source.run(
      `CREATE TABLE users (${columns}); INSERT INTO users VALUES (1, 'ada@x.org'), (2, 'Ada@x.org'), (3, 'josé@x.org'), (4, 'jose@x.org'), (5, 'bob@x.org')`,
    );
    await target.run(
      `CREATE TABLE users (${columns}) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci; INSERT INTO users VALUES (1, 'ada@x.org'), (3, 'josé@x.org'), (5, 'bob@x.org')`,
    );
    const run = await compare({ source, target });
    expect(tableResult(run, 'users').diagnoses).toEqual([
      {
        cause: 'sibling-survived',
        confidence: 'proved',
        columns: ['email'],
        rows: 2,
        evidence: {
          detail: '',
          of: 2,
          examples: [
            { key: { id: '2' }, column: 'email', source: 'Ada@x.org', target: 'ada@x.org' },
            { key: { id: '4' }, column: 'email', source: 'jose@x.org', target: 'josé@x.org' },
          ],
        },
      },
    ]);
  });

  it('says so of the primary key itself, by which the two sides cannot be walked', async () => {
    const columns = 'name varchar(60) PRIMARY KEY, visits int';
    await source.run(
      `CREATE TABLE sites (${columns}); INSERT INTO sites VALUES ('google', 1), ('Google', 2), ('bing', 3)`,
    );
    await target.run(
      `CREATE TABLE sites (${columns}) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci; INSERT INTO sites VALUES ('google', 1), ('bing', 3)`,
    );
    const run = await compare({ source, target, flags: { tables: ['sites'] } });
    expect(tableResult(run, 'sites').diagnoses.map(line)).toEqual(['name: sibling-survived: 1 of 1 proved']);
  });

  it('says that rows without a key were loaded twice', async () => {
    const create = 'CREATE TABLE hits (path varchar(40), at_second int)';
    const insert = "INSERT INTO hits VALUES ('/start page', 1), ('/another page', 2), ('/start page', 3)";
    await source.run(`${create}; ${insert}`);
    await target.run(`${create}; ${insert}; ${insert}`);
    const run = await compare({ source, target, flags: { tables: ['hits'] } });
    expect(tableResult(run, 'hits').diagnoses.map(line)).toEqual([
      ': rows-duplicated, equal to another row: 3 of 3 proved',
    ]);
  });
});
