import { qualifiedName } from '../core/pairing.js';
import type { Column } from '../core/schema.js';
import type { RepairDialect, RepairTable, RepairValue, UniqueRule } from '../engines/repair.js';
import type { RowChange } from './row-change.js';
import type { HeldValue, Parking } from './statements.js';
import type { TableSurvey } from './table-survey.js';

interface ParkingRequest {
  readonly change: RowChange;
  readonly rule: UniqueRule;
  readonly survey: TableSurvey;
  /** Tells the rows of a table apart. */
  readonly number: number;
}

const SHORTEST_TEXT = 8;

/**
 * Finds a value that a row can have for a moment so that another row may take the one it has: NULL where that never
 * collides, else a value that no data is likely to hold. Null where the columns allow neither.
 *
 * Deleting the row and inserting it again would do as well, but loses columns that were not compared and fires
 * cascades.
 */
export function findParking({ change, rule, survey, number }: ParkingRequest): Parking | null {
  const { pair, table, catalog } = survey;
  if (!table.transactional || change.copy !== null || table.closed.update !== undefined) return null;
  const name = qualifiedName(pair.target);
  const fixed = new Set([
    ...pair.key.map(({ target }) => target.name),
    ...catalog.foreignKeys
      .filter((key) => key.referencedTable === name)
      .flatMap((key) => key.referencedColumns),
  ]);
  const columns = change.before
    .map(({ to }) => to)
    .filter((to) => rule.plainColumns.includes(to.name) && !fixed.has(to.name) && !to.generated)
    .filter((to) => isFree(to.name, survey));
  const byNull = rule.nullsDistinct ? columns.find(({ nullable }) => nullable) : undefined;
  if (byNull !== undefined) return { column: byNull, held: heldNull(byNull, catalog.dialect) };
  for (const column of columns.filter((each) => !isForeign(each, table))) {
    const prefix = rule.prefixes[column.name];
    const value = spareValue({ column, number, prefix, isPositive: survey.spares.has(column.name) });
    const literal = value === null ? null : catalog.dialect.literal(value);
    const condition = value === null ? null : catalog.dialect.buildKeyCondition(value);
    if (literal?.kind === 'sql' && condition !== null)
      return { column, held: { sql: literal.sql, condition } };
  }
  return null;
}

/**
 * What a column is given must meet every rule of the table: one that a CHECK, a domain, a trigger, a partition or the
 * condition of another index looks at is left as it is.
 */
function isFree(name: string, { table, spares }: TableSurvey): boolean {
  const { rules, asked, fixed, triggered, uniques, generated } = table;
  const isRuled =
    (rules.some(({ columns }) => columns.includes(name)) && !spares.has(name)) ||
    asked.has(name) ||
    fixed.has(name);
  const decides = uniques.some((rule) => rule.columns.includes(name) && !rule.plainColumns.includes(name));
  const feeds = [...generated.values()].some((expression) => expression.includes(name));
  return !isRuled && !decides && !feeds && !triggered(name);
}

/** A column that is NULL for a while. */
export function heldNull({ name }: Column, { quoteName }: RepairDialect): HeldValue {
  return { sql: 'NULL', condition: `${quoteName(name)} IS NULL` };
}

function isForeign({ name }: Column, { foreignKeys }: RepairTable): boolean {
  return foreignKeys.some(({ columns }) => columns.includes(name));
}

interface Spare {
  readonly column: Column;
  readonly number: number;
  readonly prefix?: number | undefined;
  /** A number above zero, because a constraint asks for one. */
  readonly isPositive: boolean;
}

/** A value for a column that no row is likely to hold; null where its type has none to spare. */
export function spareValue({ column, number, prefix, isPositive }: Spare): RepairValue | null {
  const value =
    isPositive && column.type.kind === 'int' && column.type.bits >= 32
      ? ((1n << BigInt(column.type.bits - 1)) - 77_001n - BigInt(number)).toString()
      : spareText(column, BigInt(number), prefix);
  return value === null ? null : { value, from: column, to: column };
}

/** Unlike anything that data holds, and another one for each row. */
const MARK = 0x526f_7770_726f_6f66n;

function spareText(column: Column, number: bigint, prefix: number | undefined): RepairValue['value'] {
  const { type } = column;
  const token = MARK ^ ((number * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn);
  switch (type.kind) {
    case 'int':
      return type.bits < 32 ? null : spareInteger(type, number);
    case 'decimal':
      return (8_526_000_000_000n + number).toString();
    case 'text': {
      const most = Math.min(type.mostCharacters ?? 24, prefix ?? 24);
      return most < SHORTEST_TEXT ? null : `rowproof${token.toString(36).padStart(16, '0')}`.slice(-most);
    }
    case 'bytes': {
      const bytes = token.toString(16).padStart(16, '0');
      const most = Math.min(type.length ?? 16, prefix ?? 16);
      return most < SHORTEST_TEXT
        ? null
        : { hex: bytes.padEnd((type.fixed ? (type.length ?? 8) : 8) * 2, 'f') };
    }
    case 'uuid':
      return `00000000-0000-4000-${token
        .toString(16)
        .padStart(16, '0')
        .replace(/^(.{4})/, '$1-')}`;
    default:
      return null;
  }
}

/** Near the far end of the range, which counters do not reach. */
function spareInteger(
  { bits, unsigned }: { readonly bits: number; readonly unsigned: boolean },
  number: bigint,
): string {
  const offset = number + 77_001n;
  return (unsigned ? (1n << BigInt(bits)) - offset : -(1n << BigInt(bits - 1)) + offset).toString();
}
