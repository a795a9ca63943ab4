/**
 * What a value of a column is, in words that every engine shares. The engine's catalog chooses one per column; pairing
 * and the canonical encoding look at nothing else.
 */
export type ValueType =
  /** `truth` where it is declared as programs declare truth values, though it holds other numbers too. */
  | {
      readonly kind: 'int';
      readonly bits: 8 | 16 | 24 | 32 | 64;
      readonly unsigned: boolean;
      readonly truth?: true;
    }
  | { readonly kind: 'boolean' }
  /** `numeric` bit fields (MySQL's BIT) are numbers; others are strings of bits whose length is part of the value. */
  | { readonly kind: 'bits'; readonly length: number | null; readonly numeric: boolean }
  | DecimalType
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | TextType
  /** `numbers` where the bytes are numbers side by side, which no text is. */
  | {
      readonly kind: 'bytes';
      readonly length: number | null;
      readonly fixed: boolean;
      readonly numbers?: true;
    }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  /** A civil date and time without a zone: MySQL DATETIME, PostgreSQL `timestamp`. */
  | { readonly kind: 'datetime'; readonly fraction?: Fraction }
  /** A point in time: MySQL TIMESTAMP, PostgreSQL `timestamptz`. */
  | { readonly kind: 'instant'; readonly fraction?: Fraction }
  | { readonly kind: 'enum'; readonly text: TextType }
  /** `blank` where one of its labels is empty: then an empty value may be the empty set, or hold that label. */
  | { readonly kind: 'set'; readonly text: TextType; readonly blank?: true }
  /**
   * A `typed` document may hold scalars that JSON does not have, such as the dates of MySQL; the engine then tells them from
   * their text. A pair is typed on both sides or on neither.
   */
  | { readonly kind: 'json'; readonly typed?: true }
  /** `byteOrder` is false where the engine sorts UUIDs by anything but their sixteen bytes. */
  | { readonly kind: 'uuid'; readonly byteOrder: boolean }
  | StructuredType
  /** Months, days and microseconds, which are never turned into each other. */
  | { readonly kind: 'interval' }
  /** A network address; `v4` and `v6` are types that hold nothing else and no prefix length. */
  | { readonly kind: 'inet'; readonly family: 'any' | 'v4' | 'v6' }
  /** An amount with so many decimal places, kept as a whole number. */
  | { readonly kind: 'money'; readonly digits: number }
  /** Coordinates in PostgreSQL's own types, such as `point` and `path`. */
  | { readonly kind: 'geometric'; readonly shape: string }
  /** A spatial value with its reference system (MySQL's types); `shape` is the type's name. */
  | { readonly kind: 'geometry'; readonly shape: string }
  /** A type whose values are equal exactly where what the server sends of them is; it has a partner in itself only. */
  | { readonly kind: 'exact'; readonly name: string }
  /** A type without a rule: equal bytes prove equal values, other bytes prove nothing. */
  | { readonly kind: 'opaque'; readonly name: string }
  /** A type without a rule: its column is unverified, and `reason` completes "cannot be compared: …". */
  | { readonly kind: 'unsupported'; readonly reason: string };

/**
 * An exact number. A column that says how many digits it holds, and how many of them stand behind the point, has both; a
 * scale below zero rounds to tens and hundreds.
 */
export interface DecimalType {
  readonly kind: 'decimal';
  readonly precision?: number;
  readonly scale?: number;
}

/**
 * How many fraction digits a column of times has, and where its server rounds a value that lies in the middle between two
 * that it could store: to the later one, or `outward`, away from 2000-01-01.
 */
export interface Fraction {
  readonly digits: number;
  readonly halves: Halves;
}

export type Halves = 'later' | 'outward';

/** Types made of other types. Their parts are described as columns, so that the rules of columns hold for them. */
export type StructuredType =
  | { readonly kind: 'array'; readonly element: Column }
  | { readonly kind: 'range'; readonly bound: Column }
  | { readonly kind: 'multirange'; readonly bound: Column }
  | { readonly kind: 'composite'; readonly fields: readonly Column[] };

export interface TextType {
  readonly kind: 'text';
  /** The engine's name of the character set its wire bytes are in; `utf8` for every form of UTF-8. */
  readonly charset: string;
  /** CHAR(n): trailing spaces are padding, not data. */
  readonly padded: boolean;
  /** `codepoint` only where the engine sorts by code point without padding; only such text can be a shared key. */
  readonly order: 'codepoint' | 'other';
  /** How the collation sorts UUIDs spelled as text: in any letter case, only if all are lower case, or unknown. */
  readonly uuidOrder: 'any-case' | 'lower-case' | 'unknown';
  /** Set where the server stores other bytes than those it sends. */
  readonly recoded?: true;
  /** How many characters, or bytes, a value may have; absent where only its storage ends it. */
  readonly mostCharacters?: number;
  readonly mostBytes?: number;
}

export interface Column {
  readonly name: string;
  /** The type as the engine prints it, e.g. `varchar(20)`; for people. */
  readonly declared: string;
  /** The engine's name of the wire format, which its codec understands; opaque to everything else. */
  readonly wire: string;
  readonly type: ValueType;
  readonly nullable: boolean;
  readonly generated: boolean;
  readonly identity: 'none' | 'by-default' | 'always';
  /** Invisible columns are compared too, but an invisible generated primary key is not data. */
  readonly invisible: boolean;
  readonly collation: string | null;
  /** Set where indexes on it may have been built in another order than its collation has now; completes "column c …: …". */
  readonly collationChange?: string | null;
  /**
   * Where the operators are that indexes of the column's type use; null where they have none of the usual names. Only set
   * for types that are not the engine's own.
   */
  readonly operatorSchema?: string | null;
}

/**
 * A unique index or primary key. `unique` is whether it tells every row from every other: one that is partial, or that
 * NULL is left out of, does not. `ineligible` says why it cannot be walked by, or is null.
 */
export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
  readonly primary: boolean;
  readonly unique: boolean;
  readonly ineligible: string | null;
  /** Tells rows apart but for those with NULL in it, or with a value that goes on beyond what it holds. */
  readonly loose?: true;
  /** Declared as unique, but nothing makes sure of it: the server is asked for duplicates before it is relied on. */
  readonly unenforced?: true;
}

/** A table whose rows an engine shows as rows of another one too, which it inherits from. */
export interface Heir {
  /** The identity of the table that it inherits from directly. */
  readonly parent: string;
  readonly identity: string;
  /** `schema.table`. */
  readonly name: string;
}

/** What a relation is. Only `table` and `partitioned` are data by themselves; the others are looked at when named. */
export type TableKind = 'table' | 'partitioned' | 'view' | 'materialized-view' | 'foreign-table';

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly kind: TableKind;
  /** Tells the table from another one that takes its name later; null where the engine has nothing that does. */
  readonly identity: string | null;
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
  /** The engine's own estimate; null where it has none. */
  readonly estimatedRows: number | null;
  readonly estimatedRowBytes: number | null;
  /** Why rows of this table cannot be read with this account, or null. */
  readonly unreadable: string | null;
  /** Its tree of heirs, an edge each. */
  readonly heirs: readonly Heir[];
  /** Its heirs would be read along unless it is read with ONLY. */
  readonly only: boolean;
  /** Identities of the tables whose rows are read as rows of this one, where not all heirs are; else empty. */
  readonly members: readonly string[];
  /** What belongs to it and is never compared, such as its history; each completes "… was not compared". */
  readonly unread: readonly string[];
}

/** Whether a relation holds rows of its own, so that a run over a schema must not pass it over. */
export function holdsOwnRows({ kind }: Pick<Table, 'kind'>): boolean {
  return kind === 'table' || kind === 'partitioned';
}

/** Whether rows of other tables are read as rows of this one. */
export function readsHeirs({ heirs, only }: Pick<Table, 'heirs' | 'only'>): boolean {
  return heirs.length > 0 && !only;
}

/** A table as a list of names has it: what it is, and nothing of what it is made of. */
export type NamedTable = Pick<Table, 'schema' | 'name' | 'kind'>;

/** Something with a name in the schema that is no table by itself; `what` completes "x is …". */
export interface NamedObject {
  readonly name: string;
  readonly what: string;
}

/** What has a name in a schema. */
export interface SchemaNames {
  readonly schema: string;
  readonly tables: readonly NamedTable[];
  readonly others: readonly NamedObject[];
}

export interface Catalog {
  /** What kind of server it is, as results and repair files name it: `mysql`, `mariadb`, `postgresql`. */
  readonly engine: string;
  /** The server's version as it prints it. */
  readonly version: string;
  readonly schema: string;
  readonly tables: readonly Table[];
  /** Every table of the schema, where `tables` are those alone that a run has to do with; absent where they are all. */
  readonly all?: readonly NamedTable[];
  /** What has a name of its own there and cannot be compared by it. */
  readonly others: readonly NamedObject[];
  /** What the schema's database holds beside its tables, as reports list it among what was not checked. */
  readonly unread: readonly string[];
  /** Set where the account may not see every table of the schema; completes "the account …". */
  readonly partial: string | null;
}

/** Every table of the schema, also those of which nothing but the name was read. */
export function listAllTables({ all, tables }: Pick<Catalog, 'all' | 'tables'>): readonly NamedTable[] {
  return all ?? tables;
}
