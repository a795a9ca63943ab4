import { visibleLine } from '../../words/visible-text.js';

const LONGEST = 120;

/**
 * Words of a server as they are compared with those of another server of its kind: without what its versions write in other
 * ways, such as casts, brackets and white space. What stands in quotes is kept.
 */
export function plainWords(text: string): string {
  return mapOutsideQuotes(text, (part) => withoutCasts(part).replace(/[()]+/g, ''));
}

/** The same with brackets, by which conditions differ, but for those around one name, which casts bring along. */
export function groupedWords(text: string): string {
  return mapOutsideQuotes(text, (part) => withoutCasts(part).replace(/(?<![\w$])\(([\w$.]+)\)/g, '$1'));
}

function mapOutsideQuotes(text: string, map: (part: string) => string): string {
  const parts = text.split(/('(?:[^']|'')*')/);
  return parts.map((part, index) => (index % 2 === 1 ? part : map(part))).join('');
}

function withoutCasts(part: string): string {
  return part
    .replace(/::[\w ]+?(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])?(?=$|[\s),\]:]|[-+*/<>=|])/g, '')
    .replace(/\b_[a-z0-9]+$/i, '')
    .replace(/[\s`"]+/g, '')
    .toLowerCase();
}

/** Words of a server in one line that is not too long to read. */
export function shortWords(text: string): string {
  const line = visibleLine(text.replace(/\s+/g, ' ').trim());
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}
