import type { Value } from '../core/difference.js';
import { formatCount } from './number-text.js';
import { visibleCharacters } from './visible-text.js';

const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

/** Characters shown ahead of a difference, enough to recognise the place. */
const MOST_LEAD = 20;

/**
 * Shows one value: NULL bare, text in quotes, numbers and bytes (0x…) without. A value longer than `limit` characters
 * loses its middle and says how long it is.
 */
export function formatValue(value: Value, limit: number): string {
  if (value === null) return 'NULL';
  const units = spell(value, { ascii: false });
  if (units.length <= limit) return quote(value, units.join(''));
  const tail = Math.floor(limit / 3);
  const text = `${units.slice(0, limit - tail).join('')}…${units.slice(-tail).join('')}`;
  return `${quote(value, text)} (${lengthOf(value, units)})`;
}

interface ValuePair {
  readonly source: Value;
  readonly target: Value;
  /** The most characters or bytes shown of each value. */
  readonly limit: number;
}

/**
 * Shows the two values of a changed column so that the difference can be seen: of long values the part around the
 * first differing character, at the same place on both sides, with a note on a line of its own; texts that only look
 * alike with escapes.
 */
export function formatValuePair({ source, target, limit }: ValuePair): readonly [string, string] {
  if (source === null || target === null || isBytes(source) !== isBytes(target)) {
    return [formatValue(source, limit), formatValue(target, limit)];
  }
  const ascii = looksAlike(source, target);
  const left = spell(source, { ascii });
  const right = spell(target, { ascii });
  if (left.length <= limit && right.length <= limit) {
    return [quote(source, left.join('')), quote(target, right.join(''))];
  }
  const at = firstDifference(left, right);
  const from = Math.max(0, at - Math.min(MOST_LEAD, Math.floor(limit / 3)));
  const shared = {
    from,
    end: from + limit,
    where: `differs at ${isBytes(source) ? 'byte' : 'character'} ${formatCount(at + 1)}`,
  };
  return [
    formatWindow({ value: source, units: left, ...shared }),
    formatWindow({ value: target, units: right, ...shared }),
  ];
}

interface Window {
  readonly value: Value;
  readonly units: readonly string[];
  readonly from: number;
  readonly end: number;
  readonly where: string;
}

function formatWindow({ value, units, from, end, where }: Window): string {
  const text = `${from > 0 ? '…' : ''}${units.slice(from, end).join('')}${end < units.length ? '…' : ''}`;
  return `${quote(value, text)}\n(${lengthOf(value, units)}, ${where})`;
}

function isBytes(value: Value): value is { readonly hex: string } {
  return value !== null && typeof value !== 'string';
}

/** One printable text for each character or byte, so that no window cuts through one. */
function spell(value: string | { readonly hex: string }, { ascii }: { readonly ascii: boolean }): string[] {
  return isBytes(value) ? (value.hex.match(/../g) ?? []) : visibleCharacters([...value], { ascii });
}

function quote(value: Value, shown: string): string {
  if (isBytes(value)) return `0x${shown}`;
  return PLAIN_NUMBER.test(shown) ? shown : `'${shown}'`;
}

function lengthOf(value: Value, units: readonly string[]): string {
  return `${formatCount(units.length)} ${isBytes(value) ? 'bytes' : 'characters'}`;
}

function looksAlike(source: Value, target: Value): boolean {
  if (typeof source !== 'string' || typeof target !== 'string') return false;
  return source.normalize('NFKC') === target.normalize('NFKC');
}

function firstDifference(left: readonly string[], right: readonly string[]): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index += 1) if (left[index] !== right[index]) return index;
  return shorter;
}
