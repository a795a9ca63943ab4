import type { Column } from '../../core/schema.js';
import type { RepairValue } from '../repair.js';
import { countCharacters, declaredNumbers, fitsDecimal, fractionDigits } from '../repair-limits.js';
import type { TypedValue } from '../repair-value.js';
import type { RepairTypes } from './repair-types.js';

/** Days go on for longer than timestamps. */
const LAST_YEAR = 294_276;

/** Whether trailing spaces of the column count for nothing. */
export function isPadded({ type }: Column): boolean {
  return type.kind === 'text' && type.padded;
}

/** @see https://www.postgresql.org/docs/current/datatype-json.html */
export function isJsonb(json: string): boolean {
  const plain = json.replaceAll('\\\\', '');
  const pairs = plain.replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/gi, '');
  return !plain.includes('\\u0000') && !/\\ud[89a-f]/i.test(pairs);
}

/** Why a column cannot hold a value as it is; null where it can. */
export function findRefusal(typed: TypedValue, { from, to }: RepairValue, types: RepairTypes): string | null {
  switch (typed.kind) {
    case 'number':
      if (to.type.kind === 'money') return refuseMoney(typed.text, to.type.digits);
      if (to.type.kind === 'decimal' && /infinity/i.test(typed.text) && to.type.precision !== undefined) {
        return `cannot hold ${typed.text}`;
      }
      return to.type.kind === 'decimal' && !fitsDecimal(typed.text, to)
        ? `cannot hold ${typed.text} without rounding`
        : null;
    case 'text':
      return refuseText(typed.text, { from, to }, types);
    case 'bits': {
      const [most] = declaredNumbers(to);
      return most !== undefined && typed.text.length > most ? `cannot hold ${typed.text.length} bits` : null;
    }
    case 'temporal':
      return refuseTemporal(typed.text, to);
    default:
      return null;
  }
}

function refuseMoney(text: string, digits: number): string | null {
  const isAmount = /^-?\d+(\.\d+)?$/.test(text) && fractionDigits(text) <= digits;
  const [whole = '', fraction = ''] = text.split('.');
  const units = isAmount ? BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0')) : null;
  return units !== null && BigInt.asIntN(64, units) === units ? null : `cannot hold ${text}`;
}

function refuseText(
  text: string,
  { from, to }: Pick<RepairValue, 'from' | 'to'>,
  types: RepairTypes,
): string | null {
  if (text.includes('\0')) return 'cannot hold the character U+0000';
  if (to.wire === 'char' && Buffer.byteLength(text, 'utf8') > 1) return 'cannot hold more than one byte';
  if (to.type.kind === 'json') {
    return to.wire === 'jsonb' && !isJsonb(text) ? 'cannot hold an escape of the document' : null;
  }
  if (to.type.kind === 'enum') {
    return types.get(to.declared)?.labels?.has(text) === false
      ? `has no label ${JSON.stringify(text)}`
      : null;
  }
  if (isPadded(to) && text.endsWith(' ') && !isPadded(from)) return 'does not keep trailing spaces';
  const [most] = declaredNumbers(to);
  return most !== undefined && countCharacters(text) > most
    ? `cannot hold ${countCharacters(text)} characters`
    : null;
}

function refuseTemporal(text: string, to: Column): string | null {
  if (/infinity$/.test(text)) return null;
  const [precision = 6] = declaredNumbers(to);
  if (to.type.kind !== 'date' && fractionDigits(text) > precision)
    return `cannot hold the fraction of ${text}`;
  if (to.type.kind === 'time') {
    return /^([01]\d|2[0-3]):|^24:00:00$/.test(text) ? null : `cannot hold ${text}`;
  }
  const [, year = '', month = 0, day = 0] = /^(\d+)-(\d+)-(\d+)/.exec(text) ?? [];
  if (to.type.kind !== 'date' && Number(year) > LAST_YEAR) return `cannot hold ${text}`;
  if (Number(year) === 0 || Number(month) === 0 || Number(day) === 0) return `cannot hold ${text}`;
  return Number(day) > daysInMonth(Number(year), Number(month)) && !text.endsWith(' BC')
    ? `cannot hold ${text}`
    : null;
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
