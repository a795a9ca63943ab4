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
  const widths = columns.map((_, index) =>
    widest([...(heads[index] ?? []), ...cells.flatMap((row) => row[index] ?? [])], 1),
  );
  const rules = widths.map((width) => paint('faint', '─'.repeat(width)));
  const headRow = heads.map((lines) => lines.map((line) => paint('strong', line)).join('\n'));
  const layout = { columns, widths };
  const alike = new Map<string, readonly string[]>();
  return [layOut([headRow, rules], layout), ...cells.flatMap((row) => layOutAlike(row, layout, alike))].join(
    '\n',
  );
}

interface Layout {
  readonly columns: readonly GridColumn[];
  readonly widths: readonly number[];
}

/** Text in which each character takes one column, the arrow between two names too. */
const PLAIN = /^[ -~→]*$/;

/**
 * Lays a row out. Rows that differ in a plain name alone are laid out once, because the table library takes a third of a
 * millisecond for each.
 */
function layOutAlike(
  row: readonly (readonly string[])[],
  layout: Layout,
  alike: Map<string, readonly string[]>,
): readonly string[] {
  const texts = row.map((lines) => lines.join('\n'));
  const [name = []] = row;
  if (layout.columns[0]?.align !== 'left' || !name.every((line) => PLAIN.test(line)))
    return [layOut([texts], layout)];
  const blank = [name.map(() => '').join('\n'), ...texts.slice(1)];
  const kind = JSON.stringify(blank);
  const known = alike.get(kind) ?? layOut([blank], layout).split('\n');
  alike.set(kind, known);
  const [width = 0] = layout.widths;
  return known.map((line, i) => `${(name[i] ?? '').padEnd(width)}${line.slice(width)}`.trimEnd());
}

function layOut(rows: readonly (readonly string[])[], { columns, widths }: Layout): string {
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map((column) => column.align),
    colWidths: [...widths],
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
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
