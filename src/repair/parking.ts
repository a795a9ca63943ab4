import { qualifiedName } from '../core/pairing.js';
import type { Column } from '../core/schema.js';
import type { RepairDialect, RepairTable, RepairValue, UniqueRule } from '../engines/repair.js';
import type { RepairedTable } from './obstacle.js';
import type { RowChange } from './row-change.js';
import type { HeldValue } from './statements.js';

/** A column of a row and the value that it has while its unique value is free for another row. */
export interface Parking {
  readonly column: Column;
  readonly held: HeldValue;
}

interface ParkingRequest {
  readonly change: RowChange;
  readonly rule: UniqueRule;
  readonly survey: RepairedTable;
  /** Tells the rows of a table apart. */
  readonly number: number;
  /** The run's seed, so that the values of two runs do not meet. */
  readonly seed: bigint;
}

const SHORTEST_TEXT = 8;

/**
 * Finds a value that a row can have for a moment so that another row may take the one it has: NULL where that never
 * collides, else a value that no data is likely to hold. Null where the columns allow neither.
 *
 * Deleting the row and inserting it again would do as well, but loses columns that were not compared and fires
 * cascades.
 */
export function findParking({ change, rule, survey, number, seed }: ParkingRequest): Parking | null {
  const { pair, table, catalog } = survey;
  const name = qualifiedName(pair.target);
  const fixed = new Set([
    ...pair.key.map(({ target }) => target.name),
    ...catalog.foreignKeys
      .filter((key) => key.referencedTable === name)
      .flatMap((key) => key.referencedColumns),
  ]);
  const columns = change.before
    .map(({ to }) => to)
    .filter((to) => rule.columns.includes(to.name) && !fixed.has(to.name) && !to.generated);
  const byNull = rule.nullsDistinct ? columns.find(({ nullable }) => nullable) : undefined;
  if (byNull !== undefined) return { column: byNull, held: heldNull(byNull, catalog.dialect) };
  const token = ((seed & 0xffff_ffffn) << 32n) + BigInt(number);
  for (const column of columns.filter((each) => !isForeign(each, table))) {
    const value = spareValue(column, token, number);
    const literal = value === null ? null : catalog.dialect.literal(value);
    const condition = value === null ? null : catalog.dialect.buildKeyCondition(value);
    if (literal?.kind === 'sql' && condition !== null)
      return { column, held: { sql: literal.sql, condition } };
  }
  return null;
}

/** A column that is NULL for a while. */
export function heldNull({ name }: Column, { quoteName }: RepairDialect): HeldValue {
  return { sql: 'NULL', condition: `${quoteName(name)} IS NULL` };
}

function isForeign({ name }: Column, { foreignKeys }: RepairTable): boolean {
  return foreignKeys.some(({ columns }) => columns.includes(name));
}

function spareValue(column: Column, token: bigint, number: number): RepairValue | null {
  const value = spareText(column, token, number);
  return value === null ? null : { value, from: column, to: column };
}

function spareText(column: Column, token: bigint, number: number): RepairValue['value'] {
  const { type } = column;
  switch (type.kind) {
    case 'int':
      return type.bits < 32 ? null : spareInteger(type, token, number);
    case 'decimal':
      return (1_000_000_000n + (token % 100_000_000n) * 10n + BigInt(number)).toString();
    case 'text': {
      const [, size] = /\((\d+)\)/.exec(column.declared) ?? [];
      const most = size === undefined ? 24 : Number(size);
      return most < SHORTEST_TEXT ? null : `rowproof${token.toString(36).padStart(16, '0')}`.slice(-most);
    }
    case 'bytes':
      return (type.length ?? 16) < SHORTEST_TEXT
        ? null
        : {
            hex: token
              .toString(16)
              .padStart(16, '0')
              .padEnd((type.fixed ? (type.length ?? 8) : 8) * 2, 'f'),
          };
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
  token: bigint,
  number: number,
): string {
  const offset = ((token >> 32n) % (1n << BigInt(bits - 8))) + BigInt(number) + 1000n;
  return (unsigned ? (1n << BigInt(bits)) - offset : -(1n << BigInt(bits - 1)) + offset).toString();
}
