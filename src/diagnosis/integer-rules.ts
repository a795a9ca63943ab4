import type { CanonicalType } from '../core/canonical-type.js';
import type { Column } from '../core/schema.js';
import { type ExactNumber, readExactNumber } from './exact-number.js';
import {
  type Alteration,
  type CauseRule,
  CERTAIN_BITS,
  type Explanation,
  fitsNoNumbers,
  NUMBER_TYPES,
  type NumberChange,
} from './explanation.js';

/** The most usual first, because a small number comes out alike at several. */
const WIDTHS = [64, 32, 16, 8, 24] as const;
const WHOLE_TYPES: ReadonlySet<CanonicalType> = new Set(['int', 'decimal']);
const MOST_SAFE = 2n ** 53n;

function readWholes({ original, altered }: Alteration): { before: bigint; after: bigint } | null {
  const [before, after] = [readExactNumber(original), readExactNumber(altered)];
  if (before === null || after === null || before.scale > 0 || after.scale > 0) return null;
  return { before: before.units, after: after.units };
}

function explainWrap(alteration: Alteration, found: Explanation[]): void {
  const wholes = readWholes(alteration);
  if (wholes === null) return;
  const { before, after } = wholes;
  // What wraps at any width moves by a multiple of 2^8, so this spares nearly all the work.
  if (((before - after) & 0xffn) !== 0n) return;
  for (const width of WIDTHS) {
    for (const [unsigned, wrapped] of [
      [false, BigInt.asIntN(width, before)],
      [true, BigInt.asUintN(width, before)],
    ] as const) {
      if (wrapped !== after) continue;
      const detail = `at ${width} bits${unsigned ? ', unsigned' : ''}`;
      const bits = after === 0n ? 3 : Math.min(width, CERTAIN_BITS);
      const cost = isWidth(alteration.to, width) ? 0 : 3;
      found.push({ cause: 'integer-wrapped', detail, bits, cost });
    }
  }
}

function isWidth({ type }: Column, width: number): boolean {
  return type.kind === 'int' && type.bits === width;
}

function explainClamp(alteration: Alteration, found: Explanation[]): void {
  const { original, altered, to } = alteration;
  const [before, after] = [readExactNumber(original), readExactNumber(altered)];
  if (before === null || after === null) return;
  const direction = isLess(after, before) ? 1n : -1n;
  explainDecimalClamp({ after, direction, to }, found);
  if (after.scale > 0) return;
  if (after.units === 0n && direction === -1n) {
    const bits = to.type.kind === 'int' && to.type.unsigned ? 12 : 4;
    found.push({ cause: 'number-clamped', detail: 'negative numbers became 0', bits });
  }
  // Every bound is a multiple of 2^7, or one less than that.
  if (((after.units + (direction === 1n ? 1n : 0n)) & 0x7fn) !== 0n) return;
  for (const width of WIDTHS) {
    const [most, mostUnsigned] = [2n ** BigInt(width - 1) - 1n, 2n ** BigInt(width) - 1n];
    const bounds = direction === 1n ? [most, mostUnsigned] : [-most - 1n];
    if (!bounds.includes(after.units)) continue;
    const detail = `to ${after.units}, the ${direction === 1n ? 'most' : 'least'} that ${width} bits hold`;
    const bits = width === 8 ? 8 : Math.min(width, CERTAIN_BITS);
    found.push({ cause: 'number-clamped', detail, bits });
  }
}

function isLess(one: ExactNumber, other: ExactNumber): boolean {
  if (one.scale === other.scale) return one.units < other.units;
  return one.units * 10n ** BigInt(other.scale) < other.units * 10n ** BigInt(one.scale);
}

interface DecimalClamp {
  readonly after: ExactNumber;
  readonly direction: bigint;
  readonly to: Column;
}

function explainDecimalClamp({ after, direction, to }: DecimalClamp, found: Explanation[]): void {
  const declared = digitsOf(to);
  if (declared === null || after.scale !== declared.scale) return;
  if (after.units * direction !== 10n ** BigInt(declared.precision) - 1n) return;
  const bits = Math.min(CERTAIN_BITS, 3 * declared.precision);
  found.push({ cause: 'number-clamped', detail: `to the bound of ${to.declared}`, bits });
}

/** Precision and scale of a decimal column; null where it has none or is no decimal. */
export function digitsOf({ type }: Column): { precision: number; scale: number } | null {
  if (type.kind !== 'decimal' || type.precision === undefined || type.scale === undefined) return null;
  return { precision: type.precision, scale: type.scale };
}

/** Zero or one says little by itself; in a column that can hold nothing else it says all. */
function explainTruth(alteration: Alteration, found: Explanation[]): void {
  const wholes = readWholes(alteration);
  if (wholes === null || wholes.before === 0n || wholes.before === 1n || wholes.after !== 1n) return;
  const { type } = alteration.to;
  const holdsOnlyTruth = type.kind === 'boolean' || (type.kind === 'bits' && type.length === 1);
  const isTruth = holdsOnlyTruth || (type.kind === 'int' && type.truth === true);
  const bits = isTruth ? 20 : 2;
  found.push({ cause: 'truth-value', detail: 'all but 0 became 1', bits, provable: isTruth });
}

function explainDouble(alteration: Alteration, found: Explanation[]): void {
  const wholes = readWholes(alteration);
  if (wholes === null) return;
  const { before, after } = wholes;
  if (before < MOST_SAFE && before > -MOST_SAFE) return;
  const double = Number(before);
  const cause = 'double-rounding';
  if (BigInt(double) === after) found.push({ cause, detail: 'beyond 2^53', bits: 12 });
  const printed = readExactNumber(String(double));
  if (printed?.scale === 0 && printed.units === after) {
    found.push({ cause, detail: 'beyond 2^53, in the fewest digits that name the double', bits: 12 });
  }
}

/** Only what moves by a multiple of 2^8 may have wrapped. */
function kindOfWrap({ source, target, one }: NumberChange): number | null {
  return (target - source) % (one * 256) === 0 ? null : 0;
}

/** Every bound of a type is a multiple of 2^7, or one less than that; that of a decimal ends in nines. */
function kindOfClamp({ source, target, one }: NumberChange): number | null {
  return mayBeBound(source, one) || mayBeBound(target, one) ? null : 0;
}

function mayBeBound(number: number, one: number): boolean {
  const whole = number / one;
  return whole % 128 === 0 || (whole + 1) % 128 === 0 || isAllNines(Math.abs(number));
}

/** Whether a number has no other digit, but for zeros at its end. */
function isAllNines(number: number): boolean {
  let digits = number;
  while (digits % 10 === 0 && digits !== 0) digits /= 10;
  while (digits % 10 === 9) digits = (digits - 9) / 10;
  return digits === 0;
}

function kindOfTruth({ source, target, one }: NumberChange): number | null {
  return source === one || target === one ? null : 0;
}

/** What happens to whole numbers that do not fit where they go. */
export const integerRules: readonly CauseRule[] = [
  { types: WHOLE_TYPES, bothWays: true, explain: explainWrap, kindOf: kindOfWrap },
  { types: NUMBER_TYPES, bothWays: true, explain: explainClamp, kindOf: kindOfClamp },
  { types: WHOLE_TYPES, bothWays: true, explain: explainTruth, kindOf: kindOfTruth },
  // It begins where numbers are read no more.
  { types: WHOLE_TYPES, bothWays: true, explain: explainDouble, kindOf: fitsNoNumbers },
];
