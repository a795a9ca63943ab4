import { createHash } from 'node:crypto';
import { parseExact, stringifyExact } from '../../core/exact-json.js';

const DIGITS = 16;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}

/** One record as a line: a checksum, a space, and the record as JSON. JSON has no line feed of its own. */
export function formatLine(record: unknown): string {
  const text = stringifyExact(record);
  return `${digest(text)} ${text}\n`;
}

/** Reads a line without its line feed; undefined where it is not one that was written whole. */
export function parseLine(line: string): unknown {
  const text = line.slice(DIGITS + 1);
  if (line[DIGITS] !== ' ' || digest(text) !== line.slice(0, DIGITS)) return undefined;
  return parseExact(text);
}
