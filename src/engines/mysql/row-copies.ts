import type { CopyBounds, CopyForms } from '../row-copies.js';

/**
 * A DELETE may not read the table that it writes to, unless through a derived table; one that counts is never merged.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/delete.html
 */
export const MYSQL_COPIES: CopyForms = {
  holds: ({ table, where, bounds }) => `(SELECT ${countWithin(bounds)} FROM ${table} WHERE ${where})`,
  takeOne: ({ table, where, bounds }) =>
    ` AND (SELECT x.held FROM (SELECT ${countWithin(bounds)} AS held FROM ${table} WHERE ${where}) AS x)`,
  end: ' LIMIT 1',
};

function countWithin({ least, most }: CopyBounds): string {
  const limits = [
    ...(least > 0 || most === null ? [`COUNT(*) > ${least - 1}`] : []),
    ...(most === null ? [] : [`COUNT(*) < ${most + 1}`]),
  ];
  return limits.join(' AND ');
}
