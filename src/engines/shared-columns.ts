import type { Column } from '../core/schema.js';
import type { ControlRow } from './session.js';

/** Makes the column that a row of a catalog tells of. */
export type BuildColumn = (row: ControlRow) => Column;

/**
 * Makes one column of all rows of one reading of a catalog that say the same but for their table: of ten thousand tables most
 * columns are alike, and each would be kept, and looked through, as often as there are tables. `build` must make nothing of the
 * table's name, and nothing of what may be otherwise in the next reading, for which columns are made anew.
 */
export function shareColumns(build: BuildColumn): BuildColumn {
  const made = new Map<string, Column>();
  return (row) => {
    const { table_oid: _oid, table_name: _name, ...said } = row;
    const text = JSON.stringify(said);
    const known = made.get(text);
    if (known !== undefined) return known;
    const column = build(row);
    made.set(text, column);
    return column;
  };
}
