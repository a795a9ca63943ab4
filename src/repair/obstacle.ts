import { qualifiedName } from '../core/pairing.js';
import { holdsOwnRows, readsHeirs, type Table } from '../core/schema.js';
import type { RepairDialect, RepairTable, RepairValue } from '../engines/repair.js';
import { findCopyObstacle } from './copy-obstacle.js';
import { looseValues, type RepairedTable, writtenValues } from './repaired-table.js';
import type { RowChange } from './row-change.js';

/** Why a change cannot be written for what it is by itself, or null. */
export function findObstacle(change: RowChange, repaired: RepairedTable): string | null {
  const { pair, order, catalog } = repaired;
  const unwritable = findTargetObstacle(pair.target);
  if (unwritable !== null) return unwritable;
  const nameless = change.copy === null ? null : findCopyObstacle(change, repaired);
  if (nameless !== null) return nameless;
  const closed = findClosed(change, repaired);
  if (closed !== undefined) return closed;
  const stuck = order.stuck.get(qualifiedName(pair.target));
  if (change.kind !== 'update' && stuck !== undefined) {
    return `foreign key ${stuck.name} closes a circle of tables and its columns cannot be NULL`;
  }
  const badKey =
    change.kind !== 'insert' &&
    change.key?.some((value) => catalog.dialect.buildKeyCondition(value) === null);
  if (badKey) return 'its key cannot be written exactly';
  for (const value of change.after) {
    const refusal = value.to.generated ? null : catalog.dialect.findRefusal(value);
    if (refusal !== null) return refusal;
  }
  if (isTooLarge(change, catalog.dialect)) return 'its statement would be larger than the server takes';
  return change.kind === 'insert'
    ? findInsertObstacle(change, repaired)
    : change.kind === 'update'
      ? findUpdateObstacle(change, repaired)
      : findDeleteObstacle(change, repaired);
}

/** A missing or extra row that refers to others in a circle is also updated: filled once they are there, or let go. */
function findClosed(change: RowChange, repaired: RepairedTable): string | undefined {
  const { closed } = repaired.table;
  const own = closed[change.kind];
  const isUpdatedToo = change.kind !== 'update' && looseValues(change, repaired).length > 0;
  return own ?? (isUpdatedToo ? closed.update : undefined);
}

/** Bytes of a statement besides its values, and how many a character of a value becomes at most. */
const STATEMENT_BYTES = 65_536;
const MOST_GROWTH = 16;
/** A statement about one copy of a row has all of its values in up to three conditions, each up to three times. */
const TIMES_OF_COPY = 9;

/** Only large rows are spelled to see how large their statement would be. */
function isTooLarge({ after, before, copy }: RowChange, dialect: RepairDialect): boolean {
  const whole = dialect.mostStatementBytes - STATEMENT_BYTES;
  const room = copy === null ? whole : whole / TIMES_OF_COPY;
  if ((measureValues(after) + measureValues(before)) * MOST_GROWTH < room) return false;
  const literals = writtenValues(after).map((value) => {
    const literal = dialect.literal(value);
    return literal.kind === 'sql' ? literal.sql.length : 0;
  });
  const guards = writtenValues(before).map((value) => dialect.buildGuard(value)?.length ?? 0);
  return [...literals, ...guards].reduce((sum, length) => sum + length, 0) > room;
}

function measureValues(values: readonly RepairValue[]): number {
  let sum = 0;
  for (const { value } of values) sum += typeof value === 'string' ? value.length : (value?.hex.length ?? 0);
  return sum;
}

/** What only shows rows, or shows those of several tables, has no place of its own to write a row to. */
function findTargetObstacle(target: Table): string | null {
  if (!holdsOwnRows(target)) return `the target is a ${target.kind.replace('-', ' ')}`;
  if (!readsHeirs(target)) return null;
  return 'rows of tables that inherit from it are read along, and which of them holds a row is not known';
}

/** Without NULL there is no value that would let such a row go, and foreign keys are never switched off. */
function findDeleteObstacle(change: RowChange, repaired: RepairedTable): string | null {
  const { catalog, order, pair } = repaired;
  if (catalog.dialect.deletesOwnParent) return null;
  const own = (order.levelled.get(qualifiedName(pair.target)) ?? []).find((key) => {
    const tuple = tupleOf(key.columns, change, repaired, 'before');
    return tuple !== null && tuple === tupleOf(key.referencedColumns, change, repaired, 'before');
  });
  return own === undefined ? null : `it refers to itself by ${own.name}, whose columns cannot be NULL`;
}

function findInsertObstacle({ after }: RowChange, { table, pair }: RepairedTable): string | null {
  const given = new Set(after.map(({ to }) => to.name));
  const left = pair.target.columns.find(({ name }) => table.required.has(name) && !given.has(name));
  return left === undefined ? null : `column ${left.name} must have a value and was not compared`;
}

function findUpdateObstacle({ after }: RowChange, repaired: RepairedTable): string | null {
  const { pair, catalog } = repaired;
  const written = writtenValues(after);
  if (written.length === 0) return 'only generated columns differ, which cannot be written';
  const byTrigger = written.map(({ to }) => repaired.table.assigned.update.get(to.name));
  if (!byTrigger.includes(undefined)) return `trigger ${byTrigger[0]} sets what differs by itself`;
  const always = written.find(({ to }) => to.identity === 'always');
  if (always !== undefined) return `column ${always.to.name} is an identity that an UPDATE cannot set`;
  const fixed = written.find(({ to }) => repaired.table.fixed.has(to.name));
  if (fixed !== undefined) return repaired.table.fixed.get(fixed.to.name) ?? null;
  const name = qualifiedName(pair.target);
  const referring = catalog.foreignKeys.filter((each) => each.referencedTable === name);
  if (referring.length === 0) return null;
  const altered = alteredColumns(
    written.map(({ to }) => to.name),
    repaired.table,
  );
  for (const key of referring) {
    const column = key.referencedColumns.find((each) => altered.has(each));
    if (column !== undefined)
      return `foreign key ${key.name} refers to column ${column}${altered.get(column)}`;
  }
  return null;
}

/**
 * The columns that get another value, or may, where some are written, and how: what is computed from them, and what a
 * trigger sets. What a generated column is computed from is not always known, and then it counts.
 */
export function alteredColumns(
  written: readonly string[],
  { generated, settable }: Pick<RepairTable, 'generated' | 'settable'>,
): ReadonlyMap<string, string> {
  const altered = new Map(written.map((name) => [name, '']));
  for (const [name, trigger] of settable)
    if (!altered.has(name)) altered.set(name, `, which trigger ${trigger} may set`);
  for (let size = -1; size !== altered.size; ) {
    size = altered.size;
    for (const [name, expression] of generated) {
      const text = expression.toLowerCase();
      const isFed =
        expression === 'NULL' || [...altered.keys()].some((each) => text.includes(each.toLowerCase()));
      if (!altered.has(name) && isFed) altered.set(name, ', which is computed from what changes');
    }
  }
  return altered;
}

/**
 * The values of columns as one text, to look up rows that refer to each other by; null where one is NULL, not known or not
 * writable.
 */
export function tupleOf(
  columns: readonly string[],
  change: RowValues,
  { catalog }: Pick<RepairedTable, 'catalog'>,
  side: 'before' | 'after' = 'after',
): string | null {
  const texts = columns.map((name) => {
    const found = findValue(name, change, side);
    return found === undefined ? null : catalog.dialect.referenceText(found);
  });
  return texts.includes(null) ? null : JSON.stringify(texts);
}

type RowValues = Pick<RowChange, 'key' | 'before' | 'after'>;

/** The value of a column on one side of a change, where the change gives it or the key does. */
export function findValue(
  column: string,
  change: RowValues,
  side: 'before' | 'after',
): RepairValue | undefined {
  return [...change[side], ...(change.key ?? [])].find(({ to }) => to.name === column);
}
