import type { Value } from '../core/difference.js';
import type { Column, Table } from '../core/schema.js';
import type { ChangeNotes } from './change-notes.js';
import type { CopyForms } from './row-copies.js';

/** A foreign key as the catalog declares it. Names are those of the database; tables are `schema.table`. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  /** For each column: the operator that holds between a value that is referred to, on its left, and one that refers to it. */
  readonly operators: readonly string[];
  /** Checked only at the end of a transaction that asks for it. */
  readonly deferrable: boolean;
  /** SQL that names the referring table, for a statement that asks whether a row is still referred to. */
  readonly quotedTable: string;
  /** SQL that names the table that is referred to. */
  readonly quotedReferenced: string;
}

/** What no two rows may share. `columns` are all columns whose change can free or take a value of it. */
export interface UniqueRule {
  readonly name: string;
  readonly columns: readonly string[];
  /** NULL never collides with NULL. */
  readonly nullsDistinct: boolean;
  /** The columns that it holds as they are, of which one may be put aside. */
  readonly plainColumns: readonly string[];
  /** How many characters of a column it sees; absent where it sees all. */
  readonly prefixes: Readonly<Record<string, number>>;
  /** Checked at the end of the transaction only, so that order does not matter. */
  readonly deferrable: boolean;
  /** What it holds of a row, as SQL over the bare names of the columns. */
  readonly expressions: readonly string[];
  /** For each expression: the operator that holds for a row it collides with. */
  readonly operators: readonly string[];
  /** The condition of the rows that it holds, as SQL over bare names; null for every row. */
  readonly predicate: string | null;
  /** One text for values that it takes for the same, as SQL over `expressions`; null where there is none. */
  readonly token: string | null;
}

/** What the server asks of every row it takes: a CHECK, or a partition that holds it. */
export interface RowRule {
  /** Why a row that breaks the rule is left alone. */
  readonly reason: string;
  readonly columns: readonly string[];
  /** SQL over bare names that is true for a row that breaks the rule. */
  readonly broken: string;
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
  /** Names of triggers that fire on some kind of write. */
  readonly triggers: readonly string[];
  /** Columns that a trigger mentions: what is put aside in one may not be found again. */
  readonly triggered: (column: string) => boolean;
  /** By kind of statement: columns that a trigger gives a value of its own whatever is written, with its name. */
  readonly assigned: Readonly<Record<'insert' | 'update', ReadonlyMap<string, string>>>;
  /** Columns that a trigger may give another value than an UPDATE does, with its name. */
  readonly settable: ReadonlyMap<string, string>;
  readonly rules: readonly RowRule[];
  /** Columns whose values the server is asked to read before the file is written. */
  readonly asked: ReadonlySet<string>;
  /** How the server computes generated columns, as SQL over bare names. */
  readonly generated: ReadonlyMap<string, string>;
  /** Why no row can be written in a way, for the whole table. */
  readonly closed: Readonly<Partial<Record<'insert' | 'update' | 'delete', string>>>;
  /** The part of `closed` that is what the server would run beside the statement: it may change other rows. */
  readonly harmful: RepairTable['closed'];
  /** Why no row can be written in which one of these columns changes, by column. */
  readonly fixed: ReadonlyMap<string, string>;
  /** A transaction that ends early takes back what it wrote. */
  readonly transactional: boolean;
  /** What guards rows that others might refer to by foreign keys that the account could not see; null where it sees all. */
  readonly unseen: UnseenReferences | null;
  /** Columns of its indexes, which unseen foreign keys may refer to. */
  readonly indexed: ReadonlySet<string>;
  /** First columns of its indexes: rows are found by their values without a look at all others. */
  readonly leading: ReadonlySet<string>;
  /** A trigger that sees a new row before it is stored, and may store another; null where there is none. */
  readonly insertTrigger: string | null;
}

/** Foreign keys that nobody could tell the run of. */
export interface UnseenReferences {
  /** Why rows of the table are not deleted by a repair. */
  readonly reason: string;
  /** A condition for other statements that such foreign keys might act on: the file asks when it is applied. */
  readonly guard: string;
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
  /** The same, with what the file prints added to `TOLD`. */
  readonly notingCommand: string;
  /** How to apply a file in the session in which `TOLD` was run. */
  readonly toldCommand: string;
  /** Statements that fix every setting on which the meaning of the rest depends. */
  readonly sessionStatements: readonly string[];
  readonly begin: string;
  readonly commit: string;
  /** Whether `E'…'` is a string with backslash escapes. */
  readonly escapeStrings: boolean;
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
  /** Why the column cannot hold the value, or null: what `literal` says, for less than writing it. */
  findRefusal(value: RepairValue): string | null;
  literal(value: RepairValue): RepairLiteral;
  /** A condition that holds for exactly this key value and can use the key's index; null where there is none. */
  buildKeyCondition(value: RepairValue): string | null;
  /** The most bytes that a statement may have. */
  readonly mostStatementBytes: number;
  /** A value with its type, for a SELECT that stands for a row of the table; null where there is none. */
  buildTypedValue(value: RepairValue): string | null;
  /** Lines before the first and behind the last statement that must not leave a row put aside. */
  readonly asideChecks: AsideChecks;
  /** How the file notes which rows it changed, for its undo. */
  readonly notes: ChangeNotes;
  /** How the file writes rows that nothing but their number tells apart. */
  readonly copies: CopyForms;
  /** A NULL-safe condition that the column still holds the value; null where the engine has no exact one. */
  buildGuard(value: RepairValue): string | null;
  /** A condition on a row that no row of the foreign key's table refers to it. */
  buildNotReferred(foreignKey: ForeignKey, row: ReferencedRow): string;
  /**
   * A text that two values have in common where a foreign key may take one for the other, be it in another letter case or
   * with other zeros; null where the value cannot be written. A few may have it in common that the server tells apart.
   */
  referenceText(value: RepairValue): string | null;
  /** A condition that two expressions for the value of one key column are spelled alike. */
  buildSameKey(left: string, right: string): string;
}

/** A row that others may refer to: its table, and its values, as SQL, in the order of the referenced columns. */
export interface ReferencedRow {
  readonly table: Table;
  readonly values: readonly string[];
}

/** A row that was put aside, and the condition that it still is. */
export interface AsideRow {
  readonly table: Table;
  readonly key: string;
  readonly condition: string;
  readonly name: string;
}

/** How a file makes sure that nothing put aside is left: it ends with an error instead, which takes everything back. */
export interface AsideChecks {
  /** Before the first row is put aside in a transaction. */
  readonly begin: readonly string[];
  /** Behind the last row, for each row. */
  forRow(row: AsideRow): readonly string[];
  /** Behind the last row, once. */
  readonly end: readonly string[];
}

/** The schema whose repair facts are read. */
export interface RepairScope {
  readonly name: string;
  readonly tables: readonly Table[];
  /** The server's version as the catalog printed it. */
  readonly version: string;
}
