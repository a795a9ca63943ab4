import type { CopyBounds, CopyForms } from '../row-copies.js';

/**
 * A row is known by where it lies, which is unique in its own table only, and by its values: one that somebody changes
 * meanwhile lies elsewhere then.
 *
 * @see https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
export const POSTGRESQL_COPIES: CopyForms = {
  holds: ({ table, where, bounds }) => `(SELECT ${countWithin(bounds)} FROM ${table} WHERE ${where})`,
  takeOne: ({ table, where, bounds }) =>
    ` AND (tableoid, ctid) OPERATOR(pg_catalog.=) (SELECT tableoid, ctid FROM ${table} WHERE ${where} LIMIT 1) AND (SELECT ${countWithin(bounds)} FROM ${table} WHERE ${where})`,
  end: '',
};

function countWithin({ least, most }: CopyBounds): string {
  const limits = [
    ...(least > 0 || most === null ? [`pg_catalog.count(*) OPERATOR(pg_catalog.>) ${least - 1}`] : []),
    ...(most === null ? [] : [`pg_catalog.count(*) OPERATOR(pg_catalog.<) ${most + 1}`]),
  ];
  return limits.join(' AND ');
}
