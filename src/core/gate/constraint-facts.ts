/** What happens to rows that refer to a row that is deleted, or whose key is changed. `refuse` is RESTRICT and NO ACTION. */
export type ReferenceRule = 'refuse' | 'cascade' | 'set-null' | 'set-default';

/** When rows are held to a constraint. */
export interface DeferralFacts {
  /** Whether a transaction may put it off to its end. */
  readonly isDeferrable: boolean;
  /** Whether that is so without its asking. */
  readonly isDeferred: boolean;
}

/** A foreign key of a table of the schema. Names are bare. */
export interface ForeignKeyFacts extends DeferralFacts {
  readonly table: string;
  readonly name: string;
  /** Pairs of a column and the one that it refers to, in the order of the declaration. */
  readonly columns: readonly { readonly own: string; readonly referenced: string }[];
  readonly referencedSchema: string;
  readonly referencedTable: string;
  readonly onDelete: ReferenceRule;
  readonly onUpdate: ReferenceRule;
  /** Null where new rows are held to it; else what switched it off: itself, or the triggers by which the server holds them to it. */
  readonly unenforced: 'declared' | 'triggers' | null;
  /** Whether the rows that were there were checked as well. */
  readonly isValidated: boolean;
}

/** What an index finds rows by: a column, or the first characters of it, or an expression in the server's own words. */
export interface IndexPart {
  readonly column: string | null;
  /** So many characters of the column; null for all. */
  readonly prefix: number | null;
  readonly expression: string | null;
}

/** An index or key of a table of the schema. */
export interface IndexFacts extends DeferralFacts {
  readonly table: string;
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'exclusion' | 'plain';
  readonly parts: readonly IndexPart[];
  /** `ordered` where it finds what begins with the values of its first columns; else the method by its own name. */
  readonly method: string;
  /** The condition of the rows that are in it, in the server's own words; null for all rows. */
  readonly condition: string | null;
  /** Null where queries and rules use it; else why not, as a part of a sentence: "it is invisible". */
  readonly unused: string | null;
  /** Whether uniqueness holds: an index whose building failed holds no row to it. */
  readonly isValid: boolean;
  /** Whether two rows with NULL in it are refused as well. */
  readonly refusesNulls: boolean;
}

/** A check constraint of a table of the schema, or of the type of one of its columns. */
export interface CheckFacts {
  readonly table: string;
  readonly name: string;
  /** Columns that it reads, in the order of the alphabet. */
  readonly columns: readonly string[];
  /** In the server's own words, for people. */
  readonly clause: string;
  readonly unenforced: string | null;
  readonly isValidated: boolean;
}
