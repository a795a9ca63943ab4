import type { Column } from '../../core/schema.js';
import type { RepairValue } from '../repair.js';
import {
  countCharacters,
  declaredNumbers,
  fitsDecimal,
  fractionDigits,
  hasOnlyDoubles,
} from '../repair-limits.js';
import type { TypedValue } from '../repair-value.js';
import { readLabels } from './labels.js';

/** What decides whether a value fits, besides the column. */
export interface LimitFacts {
  readonly version: string;
  readonly encodable: (text: string, column: Column) => boolean;
}

/** Bytes that the unsized text and binary types hold. */
export const MOST_BYTES: Readonly<Record<string, number>> = {
  tinytext: 255,
  tinyblob: 255,
  text: 65_535,
  blob: 65_535,
  mediumtext: 16_777_215,
  mediumblob: 16_777_215,
};
const MOST_TIME_SECONDS = 838 * 3600 + 59 * 60 + 59;

/** Why a column cannot hold a value, as the end of "column c …"; null where it can. */
export function findRefusal(typed: TypedValue, { from, to }: RepairValue, facts: LimitFacts): string | null {
  switch (typed.kind) {
    case 'number':
      return refuseNumber(typed.text, to);
    case 'text':
      return refuseText(typed.text, { from, to }, facts);
    case 'bytes':
      return exceeds(typed.hex.length / 2, MOST_BYTES[to.wire], 'bytes');
    case 'temporal':
      return refuseTemporal(typed.text, to, facts);
    default:
      return null;
  }
}

function refuseNumber(text: string, to: Column): string | null {
  if (!/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text)) return `cannot hold ${text}`;
  if (to.wire === 'year' && !/^(0|19[1-9]\d|190[1-9]|20\d\d|21[0-4]\d|215[0-5])$/.test(text)) {
    return `cannot hold the year ${text}`;
  }
  return to.type.kind === 'decimal' && !fitsDecimal(text, to) ? `cannot hold ${text} without rounding` : null;
}

function exceeds(size: number, most: number | undefined, unit: string): string | null {
  return most !== undefined && size > most ? `cannot hold ${size} ${unit}` : null;
}

function refuseText(
  text: string,
  { from, to }: Pick<RepairValue, 'from' | 'to'>,
  { encodable }: LimitFacts,
): string | null {
  if (!encodable(text, to)) return 'has a character set that lacks a character of the value';
  if (to.wire === 'json') return hasOnlyDoubles(text) ? null : 'cannot hold a number of the document exactly';
  if (to.type.kind === 'enum' || to.type.kind === 'set') return refuseLabels(text, { from, to });
  if (to.type.kind === 'text' && to.type.padded && text.endsWith(' ') && !isPadded(from)) {
    return 'does not keep trailing spaces';
  }
  const bytes = exceeds(Buffer.byteLength(text, 'utf8'), MOST_BYTES[to.wire], 'bytes');
  const sized = to.wire === 'varchar' || to.wire === 'char';
  return bytes ?? (sized ? exceeds(countCharacters(text), declaredNumbers(to)[0], 'characters') : null);
}

function isPadded({ type }: Column): boolean {
  return type.kind === 'text' && type.padded;
}

/**
 * Labels are matched by collation, so one that differs in letter case would be stored as another text. A set is stored in
 * the order of its labels, which is not that of every array.
 */
function refuseLabels(text: string, { from, to }: Pick<RepairValue, 'from' | 'to'>): string | null {
  const known = readLabels(to.declared);
  const labels = to.type.kind === 'set' ? (text === '' ? [] : text.split(',')) : [text];
  const missing = labels.find((label) => !known.includes(label));
  if (missing !== undefined) return `has no label ${JSON.stringify(missing)}`;
  const places = labels.map((label) => known.indexOf(label));
  const isOrdered = places.every((place, i) => i === 0 || place > (places[i - 1] ?? -1));
  return from.type.kind === 'array' && !isOrdered ? 'does not keep the order of the elements' : null;
}

function refuseTemporal(text: string, to: Column, { version }: LimitFacts): string | null {
  const [declared] = declaredNumbers(to);
  if (to.wire !== 'date' && fractionDigits(text) > (declared ?? 0))
    return `cannot hold the fraction of ${text}`;
  if (to.type.kind === 'time') {
    const [hours = 0, minutes = 0, seconds = 0] = text.replace('-', '').split(':').map(Number);
    return hours * 3600 + minutes * 60 + seconds > MOST_TIME_SECONDS ? `cannot hold ${text}` : null;
  }
  if (!/^\d{4}-\d\d-\d\d( |$)/.test(text) || text.endsWith(' BC')) return `cannot hold ${text}`;
  if (to.type.kind !== 'instant' || text.startsWith('0000-00-00')) return null;
  const last = isWideTimestamp(version) ? '2106-02-07 06:28:15.999999' : '2038-01-19 03:14:07.999999';
  return text <= '1970-01-01 00:00:00.999999' || text > last ? `cannot hold ${text}` : null;
}

/** @see https://mariadb.com/kb/en/timestamp/ */
function isWideTimestamp(version: string): boolean {
  const [, major = 0, minor = 0] = /^(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return /mariadb/i.test(version) && (major > 11 || (major === 11 && minor >= 5));
}
