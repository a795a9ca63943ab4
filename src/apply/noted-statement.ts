import type { ChangeNotes, NotedRow } from '../engines/change-notes.js';
import type { CopyForms } from '../engines/row-copies.js';
import type { FileHeader } from './repair-header.js';
import type { ToldRows } from './told-rows.js';

/** A row statement without what it does about notes: null where the repair did not change the row. */
export type BareStatement = { readonly text: string | null } | { readonly fault: string };

interface Noting {
  readonly header: FileHeader;
  readonly notes: ChangeNotes;
  readonly copies: CopyForms;
  readonly told: ToldRows | null;
}

const MARK = /^\/\*r (\d{1,9})\.(\d{1,12})\*\/ /;

/**
 * Takes away from a statement of a repair that it notes its row, and from one of an undo the condition that its row was
 * noted: `rowproof apply` counts for itself. Both have one form, character for character; any other is a fault.
 */
export function readBareStatement(text: string, { header, notes, copies, told }: Noting): BareStatement {
  if (header.notes === undefined) return { text };
  const [mark, table, row] = MARK.exec(text) ?? [];
  if (mark === undefined) return { fault: 'has no row mark' };
  const place: NotedRow = { run: header.notes, table: Number(table), row: Number(row) };
  const sql = text.slice(mark.length);
  const isRepair = header.direction === 'repair';
  const limit = !isRepair && sql.endsWith(`${copies.end};`) ? copies.end : '';
  const form = isRepair ? notes.wrap('?;', place) : `? AND ${notes.isChanged(place)}${limit};`;
  const [before = '', behind = ''] = form.split('?');
  if (!sql.startsWith(before) || !sql.endsWith(behind)) {
    return {
      fault: isRepair ? 'does not note its row' : 'does not ask whether its row was changed',
    };
  }
  const isTold = isRepair || told?.has(place.table, place.row) === true;
  const bare = sql.slice(before.length, sql.length - behind.length);
  return { text: isTold ? `${mark}${bare}${limit};` : null };
}
