import { buildCopyConditions } from './copy-conditions.js';
import type { RepairedTable } from './repaired-table.js';
import type { RowChange, RowCopy } from './row-change.js';

/** Around the conditions that find the copies of a row, for readers of the file. */
const KEY_BEGINS = '/*k*/';
const KEY_ENDS = '/*g*/';

/** A change of a row that nothing but its values names. */
export type CopyChange = RowChange & { readonly copy: RowCopy };

export function isCopyChange(change: RowChange): change is CopyChange {
  return change.copy !== null;
}

/** The condition by which an INSERT adds a copy only while the target holds as many as it is to start from. */
export function buildCopyCount(change: CopyChange, repaired: RepairedTable): string {
  const { dialect } = repaired.catalog;
  const where = `${KEY_BEGINS} ${copyConditions(change, repaired)} ${KEY_ENDS}`;
  const table = dialect.quoteOnlyTable(repaired.pair.target);
  return dialect.copies.holds({ table, where, bounds: change.copy.bounds });
}

/** Deletes one copy of a row, while the target holds as many as it is to start from. */
export function buildCopyDelete(change: CopyChange, repaired: RepairedTable): string {
  const { copies, quoteOnlyTable } = repaired.catalog.dialect;
  const where = copyConditions(change, repaired);
  const table = quoteOnlyTable(repaired.pair.target);
  const one = copies.takeOne({ table, where, bounds: change.copy.bounds });
  const unseen = repaired.table.unseen === null ? '' : ` AND ${repaired.table.unseen.guard}`;
  return `DELETE FROM ${table} WHERE ${KEY_BEGINS} ${where} ${KEY_ENDS}${one}${unseen}${copies.end};`;
}

/** Conditions for exactly the copies of a row. */
export function copyConditions(change: RowChange, repaired: RepairedTable): string {
  const conditions = buildCopyConditions(change, repaired);
  if (conditions.kind === 'exact' && conditions.sql !== '') return conditions.sql;
  throw new RangeError('A repair statement has no conditions that name its row');
}
