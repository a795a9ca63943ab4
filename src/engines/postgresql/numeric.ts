import { DECIMAL_CLASS, encodeDecimalClass, encodeDecimalGroups } from '../../core/encoding/decimal.js';
import { unexpectedRow } from '../field-format.js';
import type { FieldEncoder, FieldFormatter } from '../row-codec.js';

/**
 * `numeric` on the wire: digit count, weight, sign and display scale as 16-bit numbers, then base-10000 digits.
 *
 * @see https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/utils/adt/numeric.c (numeric_send)
 */
const HEADER = 8;
const NEGATIVE = 0x4000;
const NAN = 0xc000;
const POSITIVE_INFINITY = 0xd000;
const NEGATIVE_INFINITY = 0xf000;

const SPECIAL_CLASSES: ReadonlyMap<number, number> = new Map([
  [NAN, DECIMAL_CLASS.nan],
  [POSITIVE_INFINITY, DECIMAL_CLASS.positiveInfinity],
  [NEGATIVE_INFINITY, DECIMAL_CLASS.negativeInfinity],
]);

/** The digit groups of the value being encoded; one object for all of them, so that a row allocates nothing. */
class DigitView {
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  count = 0;

  at(index: number): number {
    return this.buffer.readUInt16BE(this.start + 2 * index);
  }
}

const view = new DigitView();

function assertWhole(buffer: Buffer, start: number, end: number): void {
  if (start + HEADER + 2 * buffer.readUInt16BE(start) !== end) throw unexpectedRow();
}

/** Encodes a `numeric`; its display scale does not count. */
export const encodeNumeric: FieldEncoder = (buffer, start, end, sink) => {
  assertWhole(buffer, start, end);
  const sign = buffer.readUInt16BE(start + 4);
  const special = SPECIAL_CLASSES.get(sign);
  if (special !== undefined) return encodeDecimalClass(sink, special);
  view.buffer = buffer;
  view.start = start + HEADER;
  view.count = buffer.readUInt16BE(start);
  encodeDecimalGroups(sink, sign === NEGATIVE, buffer.readInt16BE(start + 2), view);
};

/** Writes a `numeric` as PostgreSQL does, with the digits of its display scale. */
export const formatNumeric: FieldFormatter = (buffer, start, end) => {
  assertWhole(buffer, start, end);
  const sign = buffer.readUInt16BE(start + 4);
  if (sign === NAN) return 'NaN';
  if (sign === POSITIVE_INFINITY) return 'Infinity';
  if (sign === NEGATIVE_INFINITY) return '-Infinity';
  const count = buffer.readUInt16BE(start);
  const weight = buffer.readInt16BE(start + 2);
  const scale = buffer.readUInt16BE(start + 6);
  const group = (power: number): string => {
    const index = weight - power;
    const value = index >= 0 && index < count ? buffer.readUInt16BE(start + HEADER + 2 * index) : 0;
    return String(value).padStart(4, '0');
  };
  let whole = '';
  for (let power = Math.max(weight, 0); power >= 0; power--) whole += group(power);
  let fraction = '';
  for (let power = -1; fraction.length < scale; power--) fraction += group(power);
  const digits = whole.replace(/^0+(?=\d)/, '') + (scale === 0 ? '' : `.${fraction.slice(0, scale)}`);
  return sign === NEGATIVE ? `-${digits}` : digits;
};
