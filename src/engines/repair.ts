import type { Value } from '../core/difference.js';
import type { Column, Table } from '../core/schema.js';

/** A foreign key as the catalog declares it. Names are those of the database; tables are `schema.table`. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  /** Checked only at the end of a transaction that asks for it. */
  readonly deferrable: boolean;
  /** SQL that names the referring table, for a statement that asks whether a row is still referred to. */
  readonly quotedTable: string;
}

/** What no two rows may share. `columns` are all columns whose change can free or take a value of it. */
export interface UniqueRule {
  readonly name: string;
  readonly columns: readonly string[];
  /** NULL never collides with NULL. */
  readonly nullsDistinct: boolean;
}

/** What repair must know of a table of the target beyond its columns. */
export interface RepairTable {
  /** `schema.table`. */
  readonly name: string;
  readonly foreignKeys: readonly ForeignKey[];
  readonly uniques: readonly UniqueRule[];
  /** Columns that an INSERT must give a value. */
  readonly required: ReadonlySet<string>;
  /** Columns that the server sets by itself in every UPDATE that does not name them. */
  readonly autoUpdated: readonly string[];
  /** Names of triggers that fire on a write. */
  readonly triggers: readonly string[];
}

/** The repair facts of a target schema. */
export interface RepairCatalog {
  readonly tables: readonly RepairTable[];
  /** Foreign keys of any table the account can see that refer to a table of the schema. */
  readonly foreignKeys: readonly ForeignKey[];
  readonly dialect: RepairDialect;
}

/** A value as SQL for a column of the target, or why the column cannot hold it. */
export type RepairLiteral =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'unwritable'; readonly reason: string };

/** A value, the column whose formatter wrote it, and the target's column it is for. */
export interface RepairValue {
  readonly value: Value;
  readonly from: Column;
  readonly to: Column;
  /** Why the value has no form that the target's column could store; absent where it has one. */
  readonly refusal?: string;
}

/** The SQL with which an engine's own client applies a repair. */
export interface RepairDialect {
  /** How to apply a file, with `FILE` in place of its path. */
  readonly applyCommand: string;
  /** Statements that fix every setting on which the meaning of the rest depends. */
  readonly sessionStatements: readonly string[];
  readonly begin: string;
  readonly commit: string;
  /** False where the server refuses to delete a row that refers to itself. */
  readonly deletesOwnParent: boolean;
  /** A name in a statement of the file. */
  quoteName(name: string): string;
  /** The table in an INSERT. */
  quoteTable(table: Table): string;
  /** The table in an UPDATE or DELETE, which must not reach rows of other tables. */
  quoteOnlyTable(table: Table): string;
  /** What stands between the column list of an INSERT and its SELECT. */
  insertOverride(table: Table): string;
  /** What a SELECT of literals needs before its WHERE. */
  readonly fromNothing: string;
  /**
   * The lines by which the file runs a statement: itself, on one line, unless it holds characters that a line must not,
   * which only an engine without escapes in names has.
   */
  toLines(statement: string): readonly string[];
  literal(value: RepairValue): RepairLiteral;
  /** A condition that holds for exactly this key value and can use the key's index; null where there is none. */
  buildKeyCondition(value: RepairValue): string | null;
  /** A NULL-safe condition that the column still holds the value; null where the engine has no exact one. */
  buildGuard(value: RepairValue): string | null;
  /** Keeps an UPDATE from being refused when it asks about the table that it changes. */
  buildNotReferred(foreignKey: ForeignKey, values: readonly string[]): string;
}

/** The schema whose repair facts are read. */
export interface RepairScope {
  readonly name: string;
  readonly tables: readonly Table[];
  /** The server's version as the catalog printed it. */
  readonly version: string;
}
