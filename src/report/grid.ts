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

/** Lays cells out under ruled headings. Text is wrapped and never shortened, which would hide data. */
export function formatGrid({ columns, rows, paint }: Grid): string {
  const heads = columns.map((column) => wrapWords(column.head, column.maxWidth));
  const cells = rows.map((row) => columns.map((column, index) => wrapCell(row[index], column, paint)));
  const widths = columns.map((_, index) => {
    const lines = [...(heads[index] ?? []), ...cells.flatMap((row) => row[index] ?? [])];
    return Math.max(1, ...lines.map(textWidth));
  });
  const rules = widths.map((width) => [paint('faint', '─'.repeat(width))]);
  const painted = heads.map((lines) => lines.map((line) => paint('strong', line)));
  return [painted, rules, ...cells].flatMap((row) => layOut(row, columns, widths)).join('\n');
}

/** The lines of a row of cells, each as high as the highest of them. */
function layOut(
  cells: readonly (readonly string[])[],
  columns: readonly GridColumn[],
  widths: readonly number[],
): string[] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    cells
      .map((lines, index) => {
        const line = lines[at] ?? '';
        const blanks = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(line)));
        return columns[index]?.align === 'right' ? blanks + line : line + blanks;
      })
      .join(' '.repeat(GRID_GAP))
      .trimEnd(),
  );
}

/** How wide a column of these texts is when nothing is wrapped. */
export function naturalWidth(head: string, texts: readonly string[]): number {
  const lines = [head, ...texts].flatMap((text) => text.split('\n'));
  return Math.max(...lines.map(textWidth));
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
