import { createHash } from 'node:crypto';
import type { CanonicalType } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeJson } from '../core/encoding/json-encoding.js';
import { numberText, readExactNumber } from './exact-number.js';

/**
 * One spelling for equal values, which the two engines may write differently (1.10 and 1.1, true and 1), so that rows
 * of the two sides can be compared by what differences hold of them.
 */
export function comparableForm(value: Value, canonical: CanonicalType): string {
  if (value === null) return 'null';
  if (typeof value !== 'string') return `x${value.hex}`;
  switch (canonical) {
    case 'int':
    case 'decimal':
    case 'float': {
      const number = readExactNumber(value);
      return number === null ? `n${value}` : `n${numberText(number)}`;
    }
    case 'bytes':
      return `x${Buffer.from(value, 'utf8').toString('hex')}`;
    case 'uuid':
      return `x${value.replaceAll('-', '').toLowerCase()}`;
    case 'set':
      return `t${value.split(',').sort().join(',')}`;
    case 'json':
      return jsonForm(value);
    default:
      return `t${value}`;
  }
}

/** JSON by its value: the engines write spaces and the order of keys as they like. */
function jsonForm(text: string): string {
  const sink = new ByteSink();
  const bytes = Buffer.from(text, 'utf8');
  if (!encodeJson(bytes, 0, bytes.length, sink)) return `t${text}`;
  return `j${sink.toBuffer().toString('base64')}`;
}

/** How unlikely it is that two values are equal by chance: long values hardly ever, NULL and single digits often. */
export function coincidenceBits(value: Value): number {
  if (value === null) return 1;
  const length = typeof value === 'string' ? value.length : value.hex.length / 2;
  return Math.min(CERTAIN_LENGTH, length) * 3;
}

const CERTAIN_LENGTH = 8;

/** A short text that stands for a row's values. */
export function fingerprint(forms: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(forms)).digest('base64');
}
