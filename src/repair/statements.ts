import { qualifiedName } from '../core/pairing.js';
import type { Column } from '../core/schema.js';
import type { RepairValue } from '../engines/repair.js';
import { buildCopyCount, buildCopyDelete, isCopyChange } from './copy-statements.js';
import { alteredColumns, findValue, tupleOf } from './obstacle.js';
import { looseValues, type RepairedTable, writtenValues } from './repaired-table.js';
import type { RowChange } from './row-change.js';

/** The value, as SQL, that a column has for the moment, and the condition that it has it. */
export interface HeldValue {
  readonly sql: string;
  readonly condition: string;
}

/** A column of a row and the value that it has while its unique value is free for another row. */
export interface Parking {
  readonly column: Column;
  readonly held: HeldValue;
}

/** Columns that a row has for the moment at another value than its own. */
export type HeldColumns = ReadonlyMap<string, HeldValue>;

/** Around the condition that finds exactly the row of a statement, for readers of the file. */
const KEY_BEGINS = '/*k*/';
const KEY_ENDS = '/*g*/';

/**
 * Inserts a row unless its key is there: a second run of the file, or a replica that was faster, finds nothing to do.
 * What else the server refuses ends the file, as an error that was ignored would not. The columns in `held` begin at
 * the value given there.
 */
export function buildInsert(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const { pair, catalog } = repaired;
  const { dialect } = catalog;
  const values = writtenValues(change.after);
  const names = values.map(({ to }) => dialect.quoteName(to.name)).join(', ');
  const literals = values
    .map((value) => held.get(value.to.name)?.sql ?? literalOf(value, repaired))
    .join(', ');
  const into = `${dialect.quoteTable(pair.target)} (${names})${dialect.insertOverride(pair.target)}`;
  const insert = `INSERT INTO ${into} SELECT ${literals}${dialect.fromNothing} WHERE`;
  if (isCopyChange(change)) return `${insert} ${buildCopyCount(change, repaired)};`;
  const same = `SELECT 1 FROM ${dialect.quoteOnlyTable(pair.target)} WHERE ${keyCondition(change, repaired)}`;
  return `${insert} NOT EXISTS (${same});`;
}

/** Gives the held columns of a row that was just inserted the values they are to have. */
export function buildFill(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const values = change.after.filter(({ to }) => held.has(to.name));
  const set = values.map((value) => assign(value, repaired));
  const guard = values.flatMap(({ to }) => held.get(to.name)?.condition ?? []);
  return assembleUpdate({ change, repaired, set, guard });
}

/** Sets the columns of a row that change, where it still has the values that were read. */
export function buildUpdate(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const set = writtenValues(change.after).map((value) => assign(value, repaired));
  return assembleUpdate({ change, repaired, set, guard: releaseGuards(change, repaired, held) });
}

/**
 * A row that was put aside is known by that: nobody else can have changed it since, in the same transaction, but a
 * trigger may have set other columns of it.
 */
function releaseGuards(change: RowChange, repaired: RepairedTable, held: HeldColumns): string[] {
  return held.size > 0
    ? [...held.values()].map(({ condition }) => condition)
    : guardsOf(change, repaired, held);
}

/** Puts columns of a row aside, where it still has the values that were read, apart from those put aside `before`. */
export function buildHold(
  change: RowChange,
  repaired: RepairedTable,
  { held, before }: { readonly held: HeldColumns; readonly before: HeldColumns },
): string {
  const set = [...held].map(([name, { sql }]) => ({ name, sql }));
  return assembleUpdate({ change, repaired, set, guard: guardsOf(change, repaired, before) });
}

/** Deletes a row, where it still has the values that were read and no row refers to it, so that nothing cascades. */
export function buildDelete(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  if (isCopyChange(change)) return buildCopyDelete(change, repaired);
  const { pair, catalog, table } = repaired;
  const conditions = [
    keyCondition(change, repaired),
    ...guardsOf(change, repaired, held),
    ...referenceGuards(change, repaired),
    ...(table.unseen === null ? [] : [table.unseen.guard]),
  ];
  return `DELETE FROM ${catalog.dialect.quoteOnlyTable(pair.target)} WHERE ${conditions.join(' AND ')};`;
}

/** A column that is set, and to what. */
interface Assignment {
  readonly name: string;
  readonly sql: string;
}

function assign(value: RepairValue, repaired: RepairedTable): Assignment {
  return { name: value.to.name, sql: literalOf(value, repaired) };
}

interface Update {
  readonly change: RowChange;
  readonly repaired: RepairedTable;
  readonly set: readonly Assignment[];
  readonly guard: readonly string[];
}

/** Columns that the server would set by itself are set to what they have: nobody asked to change them. */
function assembleUpdate({ change, repaired, set, guard }: Update): string {
  const { pair, catalog, table } = repaired;
  const { dialect } = catalog;
  const assignments = set.map(({ name, sql }) => `${dialect.quoteName(name)} = ${sql}`);
  for (const name of table.autoUpdated) {
    const quoted = dialect.quoteName(name);
    if (!set.some((each) => each.name === name)) assignments.push(`${quoted} = ${quoted}`);
  }
  const conditions = [keyCondition(change, repaired), ...guard, ...unseenGuard(repaired, set)];
  return `UPDATE ${dialect.quoteOnlyTable(pair.target)} SET ${assignments.join(', ')} WHERE ${conditions.join(' AND ')};`;
}

/** Foreign keys that nobody saw might act on a column of an index that gets another value. */
function unseenGuard({ table }: RepairedTable, set: readonly Assignment[]): readonly string[] {
  if (table.unseen === null) return [];
  const altered = alteredColumns(
    set.map(({ name }) => name),
    table,
  );
  return [...table.indexed].some((name) => altered.has(name)) ? [table.unseen.guard] : [];
}

/** A row without a key condition never gets here, but a statement without one would be a disaster. */
export function keyCondition({ key }: RowChange, { catalog }: RepairedTable): string {
  const conditions = (key ?? []).map((value) => catalog.dialect.buildKeyCondition(value));
  const known = conditions.filter((condition) => condition !== null);
  if (known.length === 0 || known.length !== conditions.length) {
    throw new RangeError('A repair statement has no key');
  }
  return `${KEY_BEGINS} ${known.join(' AND ')} ${KEY_ENDS}`;
}

function guardsOf(change: RowChange, repaired: RepairedTable, held: HeldColumns): string[] {
  const { before, key } = change;
  const unknown = unknownColumns(change, repaired, held);
  const guards: string[] = [];
  for (const value of before) {
    const { name, generated } = value.to;
    if (generated || unknown.has(name) || key?.some(({ to }) => to.name === name) === true) continue;
    const guard = held.get(name)?.condition ?? repaired.catalog.dialect.buildGuard(value);
    if (guard !== null) guards.push(guard);
  }
  return guards;
}

/**
 * Columns of which nobody knows what triggers made of them: when the repair wrote the row that an undo takes back, and in
 * an earlier statement about the same row, which its file, or the repair, has where rows refer to each other or wait for a value.
 */
function unknownColumns(
  change: RowChange,
  repaired: RepairedTable,
  held: HeldColumns,
): Pick<ReadonlySet<string>, 'has'> {
  const { isUndo, table } = repaired;
  const written = isUndo ? table.assigned[change.kind === 'delete' ? 'insert' : 'update'] : NOTHING;
  const isUpdatedToo =
    held.size > 0 || (isUndo && change.kind === 'delete' && looseValues(change, repaired).length > 0);
  return isUpdatedToo ? new Set([...written.keys(), ...table.settable.keys()]) : written;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** A row of a child table that came since, or that could not be repaired, keeps its parent. */
function referenceGuards(change: RowChange, repaired: RepairedTable): string[] {
  const { catalog, pair } = repaired;
  const name = qualifiedName(pair.target);
  return catalog.foreignKeys.flatMap((foreignKey) => {
    if (foreignKey.referencedTable !== name) return [];
    const referenced = tupleOf(foreignKey.referencedColumns, change, repaired, 'before');
    if (referenced === null) return [];
    const isOwn =
      foreignKey.table === name && tupleOf(foreignKey.columns, change, repaired, 'before') === referenced;
    if (isOwn) return [];
    const values = foreignKey.referencedColumns.flatMap((column) => {
      const value = findValue(column, change, 'before');
      return value === undefined ? [] : [literalOf(value, repaired)];
    });
    return [catalog.dialect.buildNotReferred(foreignKey, { table: pair.target, values })];
  });
}

function literalOf(value: RepairValue, { catalog }: RepairedTable): string {
  const literal = catalog.dialect.literal(value);
  if (literal.kind === 'sql') return literal.sql;
  throw new RangeError(`A repair statement has an unwritable value: ${literal.reason}`);
}
