import type { ReferenceRule } from '../../../core/gate/constraint-facts.js';
import type { FixStatement } from '../../../core/gate/fix.js';
import type { SchemaFix } from '../../../core/gate/schema-fix.js';
import { quoteName } from '../dialect.js';

type Action<Kind extends SchemaFix['kind']> = Extract<SchemaFix, { readonly kind: Kind }>;

const RULES: Readonly<Record<ReferenceRule, string>> = {
  refuse: 'RESTRICT',
  cascade: 'CASCADE',
  'set-null': 'SET NULL',
  'set-default': 'SET DEFAULT',
};

const nameOf = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  `${quoteName(schema)}.${quoteName(table)}`;

/** @see https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html */
export function addForeignKey(action: Action<'add-foreign-key'>): FixStatement {
  const list = (end: 'own' | 'referenced'): string =>
    action.columns.map((column) => quoteName(column[end])).join(', ');
  const referenced = nameOf({ schema: action.referencedSchema, table: action.referencedTable });
  return {
    statements: [
      `ALTER TABLE ${nameOf(action)} ADD CONSTRAINT ${quoteName(action.name)} FOREIGN KEY (${list('own')}) REFERENCES ${referenced} (${list('referenced')}) ON DELETE ${RULES[action.onDelete]} ON UPDATE ${RULES[action.onUpdate]}`,
    ],
    isSafe: false,
    lock: 'writes to the table wait until all of it was copied, and replicas wait as long again',
    reversal: `ALTER TABLE ${nameOf(action)} DROP FOREIGN KEY ${quoteName(action.name)}`,
  };
}

/** Rows are checked when a constraint is added, and at no other time. */
export function validateConstraint(): null {
  return null;
}

/** Foreign keys are no triggers here. */
export function enableConstraintTriggers(): null {
  return null;
}

/**
 * Refused by the server, instead of holding up writes, where it could not be done beside them.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
 */
export function addIndex({ columns, uniqueness, ...place }: Action<'add-index'>): FixStatement {
  const list = columns
    .map(({ column, prefix }) => `${quoteName(column)}${prefix === null ? '' : `(${prefix})`}`)
    .join(', ');
  const word = { primary: 'PRIMARY KEY', unique: 'UNIQUE INDEX', plain: 'INDEX' }[uniqueness];
  const isPrimary = uniqueness === 'primary';
  return {
    statements: [
      `ALTER TABLE ${nameOf(place)} ADD ${word} (${list}), ALGORITHM=INPLACE${isPrimary ? '' : ', LOCK=NONE'}`,
    ],
    isSafe: !isPrimary,
    lock: isPrimary ? 'the table is written anew; replicas wait as long again' : '',
    reversal: isPrimary ? `ALTER TABLE ${nameOf(place)} DROP PRIMARY KEY` : '',
  };
}

/** No index is left half built. */
export function rebuildIndex(): null {
  return null;
}

/** Triggers cannot be switched off, so that there is nothing to switch on. */
export function enableTrigger(): null {
  return null;
}

/** What cannot be switched off is dropped. */
export function disableTrigger({ schema, name }: Action<'disable-trigger'>): FixStatement {
  return {
    statements: [`DROP TRIGGER ${quoteName(schema)}.${quoteName(name)}`],
    isSafe: false,
    lock: 'writes to the table wait for a moment',
    reversal: '',
  };
}

/** @see https://dev.mysql.com/doc/refman/8.4/en/alter-event.html */
export function enableEvent({ schema, name }: Action<'enable-event'>): FixStatement {
  const event = `${quoteName(schema)}.${quoteName(name)}`;
  return {
    statements: [`ALTER EVENT ${event} ENABLE`],
    isSafe: false,
    lock: '',
    reversal: `ALTER EVENT ${event} DISABLE`,
  };
}
