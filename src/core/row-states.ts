/** What a side holds of rows that it was asked for by key, in the order in which it was asked. */
export interface RowStates {
  /** 1 where it has the row. */
  readonly present: Uint8Array;
  /** The hash of the values of each row; zero where it has none. */
  readonly hashes: BigUint64Array;
}

/** Room for so many rows, none of which is there. */
export function noRowStates(rows: number): RowStates {
  return { present: new Uint8Array(rows), hashes: new BigUint64Array(rows) };
}

/** Whether a side holds the same of a row as another one, or as it did before. */
export function isSameState(one: RowStates, other: RowStates, row: number): boolean {
  return one.present[row] === other.present[row] && one.hashes[row] === other.hashes[row];
}
