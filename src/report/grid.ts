import type { Paint, Tone } from './paint.js';
import { cutText, textWidth, wrapWords } from './wrap-text.js';

export interface GridColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** The most columns of the terminal this column may take; longer text goes on in the next line of its cell. */
  readonly maxWidth: number;
  /** Names break at spaces; the first line of a value is cut at the edge, because a space in it counts. */
  readonly wrap: 'words' | 'cut';
}

export interface GridCell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Grid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly GridCell[])[];
  readonly paint: Paint;
}

/** Blank columns between two columns of a grid. */
export const GRID_GAP = 2;

const GAP = ' '.repeat(GRID_GAP);

/** Lays cells out under ruled headings. Text that does not fit goes on in the next line: nothing is cut, which would hide data. */
export function formatGrid({ columns, rows, paint }: Grid): string {
  const heads = columns.map((column) => wrapWords(column.head, column.maxWidth));
  const cells = rows.map((row) => columns.map((column, index) => wrapCell(row[index], column, paint)));
  const widths = columns.map((_, index) =>
    widest([...(heads[index] ?? []), ...cells.flatMap((row) => row[index] ?? [])], 1),
  );
  const rules = widths.map((width) => paint('faint', '─'.repeat(width)));
  const headRow = heads.map((lines) => lines.map((line) => paint('strong', line)));
  const pads = columns.map(({ align }, index) => padTo(align, widths[index] ?? 0));
  return [headRow, rules.map((rule) => [rule]), ...cells].flatMap((row) => layOut(row, pads)).join('\n');
}

/** The lines of a row, of which each cell may have several. */
function layOut(
  row: readonly (readonly string[])[],
  pads: readonly ((text: string) => string)[],
): readonly string[] {
  const height = row.reduce((most, lines) => Math.max(most, lines.length), 0);
  return Array.from({ length: height }, (_, at) =>
    pads
      .map((pad, index) => pad(row[index]?.[at] ?? ''))
      .join(GAP)
      .trimEnd(),
  );
}

function padTo(align: GridColumn['align'], width: number): (text: string) => string {
  return (text) => {
    const blank = ' '.repeat(Math.max(0, width - textWidth(text)));
    return align === 'right' ? blank + text : text + blank;
  };
}

/** How wide a column of these texts is when nothing is wrapped. */
export function naturalWidth(head: string, texts: readonly string[]): number {
  const lines = [head, ...texts].flatMap((text) => text.split('\n'));
  return widest(lines);
}

/** There may be more lines than a call can have arguments. */
function widest(lines: readonly string[], least = 0): number {
  return lines.reduce((most, line) => Math.max(most, textWidth(line)), least);
}

function wrapCell(cell: GridCell | undefined, column: GridColumn, paint: Paint): string[] {
  if (cell === undefined) return [''];
  const [first = '', ...rest] = cell.text.split('\n');
  const wrapFirst = column.wrap === 'words' ? wrapWords : cutText;
  const lines = [
    ...wrapFirst(first, column.maxWidth),
    ...rest.flatMap((text) => wrapWords(text, column.maxWidth)),
  ];
  return lines.map((line) => paint(cell.tone, line));
}
