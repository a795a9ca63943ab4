import { createHash } from 'node:crypto';
import type { ReferenceRule } from '../../../core/gate/constraint-facts.js';
import type { FixStatement } from '../../../core/gate/fix.js';
import type { SchemaFix } from '../../../core/gate/schema-fix.js';
import { quoteName } from '../dialect.js';

type Action<Kind extends SchemaFix['kind']> = Extract<SchemaFix, { readonly kind: Kind }>;

const RULES: Readonly<Record<ReferenceRule, string>> = {
  refuse: 'NO ACTION',
  cascade: 'CASCADE',
  'set-null': 'SET NULL',
  'set-default': 'SET DEFAULT',
};

const nameOf = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  `${quoteName(schema)}.${quoteName(table)}`;

/**
 * Added for new rows first, which takes a moment, and checked for the others beside writers. Most servers know that for tables
 * without partitions only.
 *
 * @see https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
 */
export function addForeignKey(action: Action<'add-foreign-key'>): FixStatement {
  const list = (end: 'own' | 'referenced'): string =>
    action.columns.map((column) => quoteName(column[end])).join(', ');
  const referenced = nameOf({ schema: action.referencedSchema, table: action.referencedTable });
  const name = quoteName(action.name);
  const add = `ALTER TABLE ${nameOf(action)} ADD CONSTRAINT ${name} FOREIGN KEY (${list('own')}) REFERENCES ${referenced} (${list('referenced')}) ON DELETE ${RULES[action.onDelete]} ON UPDATE ${RULES[action.onUpdate]}${deferral(action)}`;
  const reversal = `ALTER TABLE ${nameOf(action)} DROP CONSTRAINT ${name}`;
  if (action.isPartitioned)
    return {
      statements: [add],
      isSafe: false,
      lock: 'writes to both tables wait until all rows were checked',
      reversal,
    };
  const validate = `ALTER TABLE ${nameOf(action)} VALIDATE CONSTRAINT ${name}`;
  return { statements: [`${add} NOT VALID`, validate], isSafe: true, lock: '', reversal };
}

function deferral({ isDeferrable, isDeferred }: Action<'add-foreign-key'>): string {
  return `${isDeferrable ? ' DEFERRABLE' : ''}${isDeferred ? ' INITIALLY DEFERRED' : ''}`;
}

/** Reads all rows, beside writers. */
export function validateConstraint({ name, ...place }: Action<'validate-constraint'>): FixStatement {
  return {
    statements: [`ALTER TABLE ${nameOf(place)} VALIDATE CONSTRAINT ${quoteName(name)}`],
    isSafe: true,
    lock: '',
    reversal: '',
  };
}

/** Switches on all triggers of the table, as what switched those of its constraints off did with all. */
export function enableConstraintTriggers(action: Action<'enable-constraint-triggers'>): FixStatement {
  return {
    statements: [`ALTER TABLE ${nameOf(action)} ENABLE TRIGGER ALL`],
    isSafe: false,
    lock: 'writes to the table wait for a moment; triggers of its own are switched on as well; needs a superuser',
    reversal: `ALTER TABLE ${nameOf(action)} DISABLE TRIGGER ALL`,
  };
}

/**
 * Built beside writers. An index of a partitioned table cannot be, and a primary key not in one statement.
 *
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
export function addIndex({
  columns,
  uniqueness,
  isPartitioned,
  ...place
}: Action<'add-index'>): FixStatement {
  const list = columns.map(({ column }) => quoteName(column)).join(', ');
  const lock = 'writes to the table wait until the index is built';
  if (uniqueness === 'primary')
    return {
      statements: [`ALTER TABLE ${nameOf(place)} ADD PRIMARY KEY (${list})`],
      isSafe: false,
      lock,
      reversal: '',
    };
  const word = uniqueness === 'unique' ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX';
  const way = isPartitioned ? '' : ' CONCURRENTLY';
  // A name of its own, so that a file which is run again does not build the index again.
  const name = indexName({ table: place.table, columns, uniqueness });
  return {
    statements: [`${word}${way} IF NOT EXISTS ${quoteName(name)} ON ${nameOf(place)} (${list})`],
    isSafe: !isPartitioned,
    lock: isPartitioned ? lock : '',
    reversal: '',
  };
}

const MOST_NAME_BYTES = 63;

/** The name says all of what the index is, by a digest: another one of the same name would keep it from being built. */
function indexName(index: Pick<Action<'add-index'>, 'table' | 'columns' | 'uniqueness'>): string {
  const digest = createHash('sha256').update(JSON.stringify(index)).digest('hex').slice(0, 8);
  const characters = [...`${index.table}_${index.columns.map(({ column }) => column).join('_')}`];
  while (Buffer.byteLength(`${characters.join('')}_${digest}`) > MOST_NAME_BYTES) characters.pop();
  return `${characters.join('')}_${digest}`;
}

/** Servers before PostgreSQL 12 know no way beside writers, so that it is for somebody who knows the server. */
export function rebuildIndex({ schema, name }: Action<'rebuild-index'>): FixStatement {
  return {
    statements: [`REINDEX INDEX CONCURRENTLY ${quoteName(schema)}.${quoteName(name)}`],
    isSafe: false,
    lock: 'none since PostgreSQL 12; before, without CONCURRENTLY, writes to the table wait',
    reversal: '',
  };
}

export function enableTrigger(action: Action<'enable-trigger'>): FixStatement {
  return switchTrigger(action, { to: 'ENABLE', back: 'DISABLE' });
}

export function disableTrigger(action: Action<'disable-trigger'>): FixStatement {
  return switchTrigger(action, { to: 'DISABLE', back: 'ENABLE' });
}

function switchTrigger(
  action: Action<'enable-trigger' | 'disable-trigger'>,
  { to, back }: { readonly to: string; readonly back: string },
): FixStatement {
  const statement = (verb: string): string =>
    `ALTER TABLE ${nameOf(action)} ${verb} TRIGGER ${quoteName(action.name)}`;
  return {
    statements: [statement(to)],
    isSafe: false,
    lock: 'writes to the table wait for a moment',
    reversal: statement(back),
  };
}

/** Servers of this kind run no events. */
export function enableEvent(): null {
  return null;
}
