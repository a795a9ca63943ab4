import { qualifiedName } from '../core/pairing.js';
import type { Table } from '../core/schema.js';
import type { RepairCatalog, RepairTable } from '../engines/repair.js';
import type { ImageColumn } from '../engines/write.js';

/** All columns of one row as the server wrote them, by the columns' places. */
export type RowImage = readonly (string | null)[];

/** A table of the target, with what reading and undoing its rows needs. */
export interface AppliedTable {
  readonly table: Table;
  readonly key: readonly string[];
  readonly images: readonly ImageColumn[];
  readonly catalog: RepairCatalog;
  /** What the target says of writing to the table; null where it says nothing. */
  readonly facts: RepairTable | null;
  /** The file takes back what a repair did. */
  readonly isUndo: boolean;
}

/** A row as it was before and after one statement; null where there was none. */
export interface RowEffect {
  readonly before: RowImage | null;
  readonly after: RowImage | null;
}

/** SQL that looks for a row, which is there, or is not, exactly if an effect is. */
export interface EffectProbe {
  readonly sql: string;
  readonly isThere: boolean;
}

/** SQL that takes an effect back, and how to see whether the effect is there. */
export interface UndoStatement {
  readonly sql: string;
  readonly probe: EffectProbe;
}

/**
 * Builds what takes the effect of one statement back, or null where it had none.
 *
 * It demands every value that the statement left, so that it does nothing where the statement was not committed or
 * somebody changed the row since; where another statement about the row followed, not those that triggers may set.
 */
export function buildUndo(
  effect: RowEffect,
  applied: AppliedTable,
  { isFollowed }: { readonly isFollowed: boolean },
): UndoStatement | null {
  const { before, after } = effect;
  // Taking back the statement that followed fires the triggers that set these.
  const unknown = new Set(isFollowed ? applied.facts?.settable.keys() : []);
  if (before === null && after === null) return null;
  if (before === null) return after === null ? null : undoInsert(after, applied, unknown);
  if (after === null) return undoDelete(before, applied);
  return undoUpdate({ before, after }, applied, unknown);
}

function undoInsert(after: RowImage, applied: AppliedTable, unknown: ReadonlySet<string>): UndoStatement {
  const { dialect } = applied.catalog;
  const exactly = whereExactly(after, applied, unknown);
  const where = [
    exactly,
    ...notReferred(after, applied),
    ...(applied.facts?.unseen == null ? [] : [applied.facts.unseen.guard]),
  ].join(' AND ');
  const table = dialect.quoteOnlyTable(applied.table);
  return {
    sql: `DELETE FROM ${table} WHERE ${where};`,
    probe: { sql: `SELECT 1 FROM ${table} WHERE ${exactly}`, isThere: true },
  };
}

function undoDelete(before: RowImage, applied: AppliedTable): UndoStatement {
  const { dialect } = applied.catalog;
  const written = applied.images.flatMap((image, place) =>
    image.generated
      ? []
      : [{ name: dialect.quoteName(image.name), sql: image.literal(before[place] ?? null) }],
  );
  const names = written.map(({ name }) => name).join(', ');
  const values = written.map(({ sql }) => sql).join(', ');
  const table = dialect.quoteTable(applied.table);
  const present = `SELECT 1 FROM ${dialect.quoteOnlyTable(applied.table)} WHERE /*k*/ ${keyOf(before, applied)} /*g*/`;
  const override = dialect.insertOverride(applied.table);
  return {
    sql: `INSERT INTO ${table} (${names})${override} SELECT ${values}${dialect.fromNothing} WHERE NOT EXISTS (${present});`,
    probe: { sql: present, isThere: false },
  };
}

function undoUpdate(
  { before, after }: { before: RowImage; after: RowImage },
  applied: AppliedTable,
  unknown: ReadonlySet<string>,
): UndoStatement | null {
  const { dialect } = applied.catalog;
  const isChanged = (place: number): boolean => before[place] !== after[place];
  if (!applied.images.some(({ generated }, place) => !generated && isChanged(place))) return null;
  const set = applied.images.flatMap((image, place) => {
    const isKept = applied.facts?.autoUpdated.includes(image.name) === true;
    if (image.generated || !(isChanged(place) || isKept)) return [];
    return [`${dialect.quoteName(image.name)} = ${image.literal(before[place] ?? null)}`];
  });
  const table = dialect.quoteOnlyTable(applied.table);
  const where = whereExactly(after, applied, unknown);
  return {
    sql: `UPDATE ${table} SET ${set.join(', ')} WHERE ${where};`,
    probe: { sql: `SELECT 1 FROM ${table} WHERE ${where}`, isThere: true },
  };
}

function whereExactly(row: RowImage, applied: AppliedTable, unknown: ReadonlySet<string>): string {
  const guards = applied.images.flatMap((image, place) =>
    image.generated || applied.key.includes(image.name) || unknown.has(image.name)
      ? []
      : [` AND ${image.guard(row[place] ?? null)}`],
  );
  return `/*k*/ ${keyOf(row, applied)} /*g*/${guards.join('')}`;
}

/** The condition that finds a row by its key. */
export function keyOf(row: RowImage, { key, images }: AppliedTable): string {
  const conditions = key.map((name) => {
    const place = images.findIndex((image) => image.name === name);
    const image = images[place];
    if (image === undefined) throw new RangeError(`Key column ${name} was not read`);
    return image.keyCondition(row[place] ?? null);
  });
  return conditions.join(' AND ');
}

/** Conditions that no other row refers to a row: one that came since keeps its parent, so that nothing cascades. */
export function notReferred(row: RowImage, { table, images, catalog }: AppliedTable): string[] {
  return catalog.foreignKeys.flatMap((foreignKey) => {
    if (foreignKey.referencedTable !== qualifiedName(table)) return [];
    const literals = (columns: readonly string[]): (string | null)[] =>
      columns.map((column) => {
        const place = images.findIndex(({ name }) => name === column);
        const text = row[place] ?? null;
        return text === null ? null : (images[place]?.literal(text) ?? null);
      });
    const referenced = literals(foreignKey.referencedColumns);
    if (referenced.includes(null)) return [];
    const isOwn =
      foreignKey.table === foreignKey.referencedTable &&
      JSON.stringify(literals(foreignKey.columns)) === JSON.stringify(referenced);
    return isOwn
      ? []
      : [catalog.dialect.buildNotReferred(foreignKey, { table, values: referenced.map(String) })];
  });
}
