/** How many equal rows a table may hold where a statement is to take effect; `most` is null where any number will do. */
export interface CopyBounds {
  readonly least: number;
  readonly most: number | null;
}

/** Rows of a table that are equal in all of their values, as SQL. */
export interface EqualRows {
  /** The table, as a statement that must not reach rows of other tables names it. */
  readonly table: string;
  /** Conditions that hold for exactly these rows. */
  readonly where: string;
  readonly bounds: CopyBounds;
}

/**
 * The forms by which a file writes rows that only their number tells from each other. One statement adds or takes one
 * of them, and only while the table holds as many as it is to start from: so no run of the file, and no row that came
 * by another way, is counted twice.
 */
export interface CopyForms {
  /** A condition on how many of the rows the table holds, for a SELECT and for an INSERT that is made of one. */
  holds(rows: EqualRows): string;
  /** What stands behind the conditions of a DELETE, so that it takes one of the rows, while there are so many. */
  takeOne(rows: EqualRows): string;
  /** What ends such a DELETE behind all of its conditions. */
  readonly end: string;
}
