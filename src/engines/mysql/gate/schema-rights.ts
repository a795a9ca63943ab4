import { type Fact, hidden } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import { quoteName } from '../dialect.js';
import type { MysqlRights } from './rights.js';

/** Any one of these privileges on a table has older servers and MariaDB show its constraints; SELECT alone has not. */
export const CONSTRAINT_RIGHTS = [
  ...['TRIGGER', 'REFERENCES', 'SHOW VIEW', 'INSERT', 'UPDATE', 'DELETE'],
  ...['ALTER', 'INDEX', 'CREATE', 'DROP'],
];

/** Whether one of the privileges is granted on the schema, or on every table that the gate looks at. */
export function coversSchema(
  rights: MysqlRights,
  { schema, tables }: Pick<GateRequest, 'schema' | 'tables'>,
  privileges: readonly string[],
): boolean {
  const isGranted = (table?: string): boolean =>
    privileges.some((privilege) =>
      rights.has(privilege, table === undefined ? { schema } : { schema, table }),
    );
  return isGranted() || (tables.length > 0 && tables.every(({ name }) => isGranted(name)));
}

/** What an account without a privilege on the schema is not shown. */
export function needsGrant(
  { account }: MysqlRights,
  { schema }: Pick<GateRequest, 'schema'>,
  privilege: string,
): Fact<never> {
  return hidden(
    `the account has no ${privilege} privilege on the schema`,
    `GRANT ${privilege} ON ${quoteName(schema)}.* TO ${account}`,
  );
}

/** Rows of the catalog that belong to tables that the gate looks at. */
export function ofTables<Row extends { readonly table_name?: string | null }>(
  rows: readonly Row[],
  { tables }: Pick<GateRequest, 'tables'>,
): readonly Row[] {
  const names = new Set(tables.map(({ name }) => name));
  return rows.filter((row) => names.has(row.table_name ?? ''));
}

/** Rows that belong together, in their order. */
export function groupRows<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(nameOf(row));
    if (group === undefined) groups.set(nameOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
