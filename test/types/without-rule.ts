import type { TestEngine } from '../support/database.js';

/** Types that no rule reads; paired with themselves and with text. */
export const WITHOUT_RULE: Readonly<Record<TestEngine, readonly string[]>> = {
  mysql: ['geometry', 'point', 'vector(3)'],
  mariadb: ['geometry', 'point', 'inet6'],
  postgresql: [
    'inet',
    'cidr',
    'macaddr',
    'interval',
    'integer[]',
    'text[]',
    'time with time zone',
    'point',
    'int4range',
    'tsvector',
    'xml',
    'money',
  ],
};

/** Types that have rules, but none between the two. */
const APART: Readonly<Record<'mysqlFamily' | 'postgresql', Readonly<Record<string, string>>>> = {
  mysqlFamily: {
    int: 'int',
    text: 'varchar(20)',
    bytes: 'varbinary(20)',
    date: 'date',
    time: 'time',
    datetime: 'datetime',
    instant: 'timestamp NULL',
  },
  postgresql: {
    int: 'int',
    text: 'text',
    bytes: 'bytea',
    date: 'date',
    time: 'time',
    datetime: 'timestamp',
    instant: 'timestamptz',
  },
};

/** Kinds whose values are equal by no rule that everybody would agree with. */
const APART_KINDS = [
  ['int', 'text'],
  ['text', 'bytes'],
  ['date', 'datetime'],
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
  const same = WITHOUT_RULE[source]
    .filter((type) => WITHOUT_RULE[target].includes(type))
    .map((type) => ({ source: type, target: type }));
  const text = 'varchar(100)';
  const forward = WITHOUT_RULE[source].map((type) => ({ source: type, target: text }));
  const backward = WITHOUT_RULE[target].map((type) => ({ source: text, target: type }));
  return [...apart, ...same, ...forward, ...backward].map((types, i) => ({
    name: `c${i}`,
    ...types,
  }));
}
