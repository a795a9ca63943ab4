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

/** Lays cells out under ruled headings: text is wrapped, and nothing of it is cut off. */
export function formatGrid({ columns, rows, paint }: Grid): string {
  const head = columns.map(({ head, maxWidth }) =>
    wrapWords(head, maxWidth).map((line) => paint('strong', line)),
  );
  const cells = rows.map((row) => columns.map((column, index) => wrapCell(row[index], column, paint)));
  const widths = columns.map((_, index) =>
    widest(
      [head, ...cells].flatMap((row) => row[index] ?? []),
      1,
    ),
  );
  const rules = widths.map((width) => [paint('faint', '─'.repeat(width))]);
  return [head, rules, ...cells].flatMap((row) => layOutRow(row, { columns, widths })).join('\n');
}

interface Layout {
  readonly columns: readonly GridColumn[];
  readonly widths: readonly number[];
}

/** The lines of a row, which is as high as its highest cell. */
function layOutRow(cells: readonly (readonly string[])[], { columns, widths }: Layout): string[] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, index) => {
        const text = lines[line] ?? '';
        const blank = ' '.repeat((widths[index] ?? 0) - textWidth(text));
        return columns[index]?.align === 'right' ? blank + text : text + blank;
      })
      .join(' '.repeat(GRID_GAP))
      .trimEnd(),
  );
}

/** How wide a column of these texts is when nothing is wrapped. */
export function naturalWidth(head: string, texts: readonly string[]): number {
  return widest([head, ...texts].flatMap((text) => text.split('\n')));
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
