import { qualifiedName } from '../core/pairing.js';
import type { RepairValue } from '../engines/repair.js';
import { type RepairedTable, tupleOf, writtenValues } from './obstacle.js';
import type { RowChange } from './row-change.js';

/** Columns that a row has for the moment at another value than its own, with that value as SQL. */
export type HeldColumns = ReadonlyMap<string, string>;

/** Inserts a row; the columns in `held` begin at the value given there. */
export function buildInsert(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const { pair, catalog } = repaired;
  const { dialect } = catalog;
  const values = writtenValues(change.after);
  const names = values.map(({ to }) => dialect.quoteName(to.name)).join(', ');
  const literals = values.map((value) => held.get(value.to.name) ?? literalOf(value, repaired)).join(', ');
  const override = dialect.insertOverride(pair.target);
  return `INSERT INTO ${dialect.quoteTable(pair.target)} (${names})${override} VALUES (${literals});`;
}

/** Gives the held columns of a row that was just inserted the values they are to have. */
export function buildFill(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const values = change.after.filter(({ to }) => held.has(to.name));
  const set = values.map((value) => `${nameOf(value, repaired)} = ${literalOf(value, repaired)}`);
  const guard = values.map((value) => heldCondition(nameOf(value, repaired), held.get(value.to.name) ?? ''));
  return assembleUpdate({ change, repaired, set, guard });
}

/** Sets the columns of a row that change, where it still has the values that were read. */
export function buildUpdate(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const set = writtenValues(change.after).map(
    (value) => `${nameOf(value, repaired)} = ${literalOf(value, repaired)}`,
  );
  return assembleUpdate({ change, repaired, set, guard: guardsOf(change, repaired, held) });
}

/** Puts columns of a row aside, where it still has the values that were read, apart from those put aside `before`. */
export function buildHold(
  change: RowChange,
  repaired: RepairedTable,
  { held, before }: { readonly held: HeldColumns; readonly before: HeldColumns },
): string {
  const { dialect } = repaired.catalog;
  const set = [...held].map(([name, sql]) => `${dialect.quoteName(name)} = ${sql}`);
  return assembleUpdate({ change, repaired, set, guard: guardsOf(change, repaired, before) });
}

/** Deletes a row, where it still has the values that were read and no row refers to it, so that nothing cascades. */
export function buildDelete(change: RowChange, repaired: RepairedTable, held: HeldColumns): string {
  const { pair, catalog } = repaired;
  const conditions = [
    ...keyConditions(change, repaired),
    ...guardsOf(change, repaired, held),
    ...referenceGuards(change, repaired),
  ];
  return `DELETE FROM ${catalog.dialect.quoteOnlyTable(pair.target)} WHERE ${conditions.join(' AND ')};`;
}

interface Update {
  readonly change: RowChange;
  readonly repaired: RepairedTable;
  readonly set: readonly string[];
  readonly guard: readonly string[];
}

/** Columns that the server would set by itself are set to what they have: nobody asked to change them. */
function assembleUpdate({ change, repaired, set, guard }: Update): string {
  const { pair, catalog, table } = repaired;
  const { dialect } = catalog;
  const kept = table.autoUpdated
    .map((name) => dialect.quoteName(name))
    .filter((name) => !set.some((assignment) => assignment.startsWith(`${name} =`)))
    .map((name) => `${name} = ${name}`);
  const conditions = [...keyConditions(change, repaired), ...guard].join(' AND ');
  const assignments = [...set, ...kept].join(', ');
  return `UPDATE ${dialect.quoteOnlyTable(pair.target)} SET ${assignments} WHERE ${conditions};`;
}

/** A row without a key condition never gets here, but a statement without one would be a disaster. */
function keyConditions({ key }: RowChange, { catalog }: RepairedTable): string[] {
  const conditions = (key ?? []).map((value) => catalog.dialect.buildKeyCondition(value));
  const known = conditions.filter((condition) => condition !== null);
  if (known.length === 0 || known.length !== conditions.length) {
    throw new RangeError('A repair statement has no key');
  }
  return known;
}

function guardsOf({ before, key }: RowChange, repaired: RepairedTable, held: HeldColumns): string[] {
  const keyNames = new Set((key ?? []).map(({ to }) => to.name));
  return writtenValues(before).flatMap((value) => {
    if (keyNames.has(value.to.name)) return [];
    const sql = held.get(value.to.name);
    if (sql !== undefined) return [heldCondition(nameOf(value, repaired), sql)];
    const guard = repaired.catalog.dialect.buildGuard(value);
    return guard === null ? [] : [guard];
  });
}

function heldCondition(name: string, sql: string): string {
  return sql === 'NULL' ? `${name} IS NULL` : `${name} = ${sql}`;
}

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
    return isOwn ? [] : [catalog.dialect.buildNotReferred(foreignKey, JSON.parse(referenced) as string[])];
  });
}

function nameOf({ to }: RepairValue, { catalog }: RepairedTable): string {
  return catalog.dialect.quoteName(to.name);
}

function literalOf(value: RepairValue, { catalog }: RepairedTable): string {
  const literal = catalog.dialect.literal(value);
  if (literal.kind === 'sql') return literal.sql;
  throw new RangeError(`A repair statement has an unwritable value: ${literal.reason}`);
}
