import type { TestEngine } from '../support/database.js';

/** Types that have no counterpart in text. */
const UNLIKE_TEXT: Readonly<Record<TestEngine, readonly string[]>> = {
  mysql: ['geometry', 'point', 'vector(3)'],
  mariadb: ['geometry', 'point'],
  postgresql: [
    ...['macaddr', 'interval', 'integer[]', 'text[]', 'time with time zone', 'point', 'int4range'],
    ...['int4multirange', 'tsvector', 'money', 'regclass', 'xid8'],
  ],
};

/** Types of PostgreSQL that look alike and are not. */
const UNLIKE_EACH_OTHER: readonly (readonly [string, string])[] = [
  ['integer[]', 'text[]'],
  ['tsrange', 'tstzrange'],
  ['int4range', 'int4multirange'],
  ['integer[]', 'integer'],
  ['macaddr', 'macaddr8'],
  ['point', 'circle'],
  ['interval', 'timestamp'],
  ['inet', 'macaddr'],
  ['regclass', 'oid'],
];

/** Types that have rules, but none between the two. */
const APART: Readonly<Record<'mysqlFamily' | 'postgresql', Readonly<Record<string, string>>>> = {
  mysqlFamily: {
    int: 'int',
    text: 'varchar(20)',
    bytes: 'varbinary(20)',
    sixteen: 'binary(16)',
    recoded: 'varchar(20) CHARACTER SET latin1',
    blank: "set('a', '')",
    set: "set('a', 'b')",
    date: 'date',
    time: 'time',
    datetime: 'datetime',
    instant: 'timestamp NULL',
  },
  postgresql: {
    int: 'int',
    text: 'text',
    bytes: 'bytea',
    recoded: '"char"',
    list: 'text[]',
    numbers: 'integer[]',
    days: 'date[]',
    times: 'timestamp[]',
    date: 'date',
    time: 'time',
    datetime: 'timestamp',
    instant: 'timestamptz',
  },
};

/** Kinds whose values are equal by no rule that everybody would agree with. */
const APART_KINDS = [
  ['int', 'text'],
  ['text', 'sixteen'],
  ['date', 'instant'],
  ['recoded', 'bytes'],
  ['blank', 'list'],
  ['set', 'numbers'],
  ['days', 'times'],
  ['datetime', 'instant'],
  ['date', 'text'],
  ['time', 'datetime'],
] as const;

/** A column of two types that cannot be compared. */
export interface IncomparableColumn {
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

/** Every pair of types of two engines that must end as an unverified column. */
export function incomparableColumns(source: TestEngine, target: TestEngine): IncomparableColumn[] {
  const ofSource = APART[source === 'postgresql' ? 'postgresql' : 'mysqlFamily'];
  const ofTarget = APART[target === 'postgresql' ? 'postgresql' : 'mysqlFamily'];
  const apart = APART_KINDS.flatMap(([one, other]) => [
    { source: ofSource[one] ?? '', target: ofTarget[other] ?? '' },
    { source: ofSource[other] ?? '', target: ofTarget[one] ?? '' },
  ]);
  const named = apart.filter((types) => types.source !== '' && types.target !== '');
  const text = 'varchar(100)';
  const forward = UNLIKE_TEXT[source].map((type) => ({ source: type, target: text }));
  const backward = UNLIKE_TEXT[target].map((type) => ({ source: text, target: type }));
  const isPostgresql = source === 'postgresql' && target === 'postgresql';
  const alike = isPostgresql ? UNLIKE_EACH_OTHER.map(([one, other]) => ({ source: one, target: other })) : [];
  return [...named, ...alike, ...forward, ...backward].map((types, i) => ({
    name: `c${i}`,
    ...types,
  }));
}
