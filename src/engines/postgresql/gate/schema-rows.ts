import type { GateRequest } from '../../../core/gate/gate-facts.js';

/** Rows of the catalog that belong to tables that the gate looks at; partitions are not among those. */
export function ofTables<Row extends { readonly table_name?: string | null }>(
  rows: readonly Row[],
  { tables }: Pick<GateRequest, 'tables'>,
): readonly Row[] {
  const names = new Set(tables.map(({ name }) => name));
  return rows.filter((row) => names.has(row.table_name ?? ''));
}

/** A condition that holds where an object does not belong to an extension, which brings it along. */
export function isOwnObject(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}
