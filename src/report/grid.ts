import Table from 'cli-table3';
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

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GRID_GAP),
};

/**
 * Lays cells out under ruled headings. Text is wrapped here and never by the table library, which would cut what does
 * not fit and so hide data.
 */
export function formatGrid({ columns, rows, paint }: Grid): string {
  const heads = columns.map((column) => wrapWords(column.head, column.maxWidth));
  const cells = rows.map((row) => columns.map((column, index) => wrapCell(row[index], column, paint)));
  const rules = columns.map((_, index) => {
    const lines = [...(heads[index] ?? []), ...cells.flatMap((row) => row[index] ?? [])];
    return paint('faint', '─'.repeat(Math.max(1, ...lines.map(textWidth))));
  });
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map((column) => column.align),
  });
  const headRow = heads.map((lines) => lines.map((line) => paint('strong', line)).join('\n'));
  table.push(headRow, rules, ...cells.map((row) => row.map((lines) => lines.join('\n'))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
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
