import { textTypeOf } from '../core/canonical-type.js';
import type { Column } from '../core/schema.js';
import type { RepairValue } from '../engines/repair.js';
import { type RepairedTable, writtenValues } from './repaired-table.js';
import type { RowChange } from './row-change.js';

/** Conditions that hold for exactly the rows with all values of a row, or the column that has no exact one. */
export type CopyConditions =
  | { readonly kind: 'exact'; readonly sql: string }
  | { readonly kind: 'inexact'; readonly column: Column };

/** Character sets in which every byte is a character, so that none reads as a question mark. */
const WHOLE_CHARSETS = new Set(['utf8', 'latin1']);

/** Types whose columns store a value that fits as it is. */
const PLAIN_KINDS: ReadonlySet<string> = new Set(
  'boolean int decimal money bits bytes date time datetime instant uuid'.split(' '),
);

/** Finds all copies of a row by all values that it has; an index on one of them can be used. */
export function buildCopyConditions(change: RowChange, { table, catalog }: RepairedTable): CopyConditions {
  const { dialect } = catalog;
  const conditions: string[] = [];
  for (const value of copiedValues(change)) {
    const plain = withoutPadding(value);
    const guard = isExact(plain) ? dialect.buildGuard(plain) : null;
    if (guard === null) return { kind: 'inexact', column: value.to };
    const indexed = table.leading.has(value.to.name) ? dialect.buildKeyCondition(plain) : null;
    conditions.push(...(indexed === null ? [] : [indexed]), guard);
  }
  return { kind: 'exact', sql: conditions.join(' AND ') };
}

/** The values that all copies of a row have, of columns that are written. */
export function copiedValues(change: RowChange): readonly RepairValue[] {
  return writtenValues(change.kind === 'delete' ? change.before : change.after);
}

/**
 * Not of a FLOAT, whose digits say less than it holds; of a document, which is spelled in many ways; of a composite of
 * NULLs, which is taken for NULL; nor of what the column may spell, sort or cut in a way of its own.
 */
function isExact(value: RepairValue): boolean {
  const { from, to } = value;
  switch (to.type.kind) {
    case 'json':
    case 'composite':
      return false;
    case 'float':
      return to.type.bits !== 32;
    case 'text':
    case 'enum':
      return isExactText(value) && (to.wire !== 'name' || from.declared === to.declared);
    default:
      return PLAIN_KINDS.has(to.type.kind) || from.declared === to.declared;
  }
}

/** Bytes that are no text in their character set read as question marks. */
function isExactText({ value, from, to }: RepairValue): boolean {
  if (value !== null && typeof value === 'object') return textTypeOf(from.type) !== null;
  const isWhole = WHOLE_CHARSETS.has(textTypeOf(to.type)?.charset ?? '');
  return isWhole || value === null || !value.includes('?');
}

/** CHAR(n) is read without the spaces that fill it up. */
function withoutPadding(value: RepairValue): RepairValue {
  const { type } = value.to;
  const isPadded = type.kind === 'text' && type.padded && typeof value.value === 'string';
  return isPadded ? { ...value, value: String(value.value).replace(/ +$/, '') } : value;
}
