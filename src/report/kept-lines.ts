import type { KeptLines, RowDifference } from '../core/difference.js';
import { guardJsonLines } from '../words/visible-text.js';
import { formatDifferenceLine } from './differences-line.js';

/**
 * Turns lines as a run keeps them into those of a differences file. Mostly that takes no look at their values: a line gets its table,
 * and loses the side that has no row. What is searched for stands nowhere else, since a quote within a name or a value is escaped,
 * and so is a line end.
 */
export function retellLines({ table, text }: KeptLines): string {
  if (HAS_MORE.test(text)) return retellEach(table, text);
  // In what replaces a text, two of these stand for one.
  const begin = `\n{"table":${JSON.stringify(table)},`.replaceAll('$', '$$$$');
  const told = `\n${text}`
    .replace(/\n\{/g, begin)
    .slice(1)
    .replace(/\],"source":null,/g, '],')
    .replace(/,"target":null\}\n/g, '}\n');
  return guardJsonLines(told);
}

/** What a file has in another place, or not at all: how many copies there are, and what rows are drawn by. */
const HAS_MORE = /\],"(?:sourceCopies|targetCopies|draw)":/;

function retellEach(table: string, text: string): string {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => formatDifferenceLine(table, JSON.parse(line) as RowDifference)).join('');
}
