import { findEscapedEnd } from '../core/escaped-text.js';

/** The array of texts that PostgreSQL reads from text: `{"a","b"}`. */
export function writeTextArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** An element without quotes. */
const PLAIN = /[^",{}\\]+/y;

/** Reads `{a,"b c",NULL}`; null where it is no array of one dimension that begins at 1. */
export function readTextArray(array: string): (string | null)[] | null {
  if (array === '{}') return [];
  const elements: (string | null)[] = [];
  for (let at = 0; array[at] === (at === 0 ? '{' : ','); ) {
    const element = readElement(array, at + 1);
    if (element === null) return null;
    elements.push(element.text);
    at = element.end;
    if (at === array.length - 1) return array.endsWith('}') ? elements : null;
  }
  return null;
}

/** The element that begins at `start`, and where it ends; null where none does. */
function readElement(
  array: string,
  start: number,
): { readonly text: string | null; readonly end: number } | null {
  if (array[start] === '"') {
    const end = findEscapedEnd(array, start + 1, '"');
    return end < 0 ? null : { text: array.slice(start + 1, end).replace(/\\(.)/gs, '$1'), end: end + 1 };
  }
  PLAIN.lastIndex = start;
  const plain = PLAIN.exec(array)?.[0];
  if (plain === undefined) return null;
  return { text: plain === 'NULL' ? null : plain, end: start + plain.length };
}
