/** What a row gets in a column that its insert leaves out. */
export type ColumnDefault =
  | { readonly kind: 'none' }
  /** A constant, without quotes. */
  | { readonly kind: 'value'; readonly value: string }
  /** The time of the statement, or its day. */
  | { readonly kind: 'now' }
  /** The next number of a sequence, an identity, AUTO_INCREMENT. */
  | { readonly kind: 'number' }
  /** Something else, in the server's own words. */
  | { readonly kind: 'expression'; readonly text: string };

/** What a column does beside holding values of its type. */
export interface ColumnFacts {
  readonly table: string;
  readonly column: string;
  readonly default: ColumnDefault;
  /** Whether the server writes the time of each change into it. */
  readonly isTouched: boolean;
  /** The labels that an enumeration or a set takes; null for other types. */
  readonly labels: readonly string[] | null;
  /** Which characters its text can hold: `all` of Unicode, the `basic` plane, or those of a character set by its name; null where it is no text. */
  readonly repertoire: string | null;
  /** Whether texts that differ in letter case, or in accents, are equal there; null where it is no text. */
  readonly folds: boolean | null;
  /** Whether a number must not be below zero by its type. */
  readonly isUnsigned: boolean;
}
