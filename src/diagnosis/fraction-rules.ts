import type { Value } from '../core/difference.js';
import { formatCounted } from '../words/number-text.js';
import {
  type ExactNumber,
  isSameNumber,
  limitFraction,
  readExactNumber,
  significantDigits,
} from './exact-number.js';
import {
  type Alteration,
  type CauseRule,
  CERTAIN_BITS,
  type Explanation,
  NUMBER_TYPES,
  type NumberChange,
} from './explanation.js';
import { digitsOf } from './integer-rules.js';

/** What programs print floats with, most common first: MySQL's FLOAT, C's %g and %.15g, a double's sure digits. */
const DIGITS = [6, 7, 8, 9, 15, 16, 17];
const BITS_PER_DIGIT = 3;
const MOST_DIGITS = 18;

function explainDigits({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [doubleOf(original), doubleOf(altered)];
  if (before === null || after === null || !isNear(before, after)) return;
  const number = readExactNumber(altered);
  if (number === null) return;
  if (Math.fround(before) === after && !Number.isInteger(before)) {
    found.push({ cause: 'float-digits', detail: 'to single precision', bits: 20 });
  }
  const [own, left] = [significantDigits(readExactNumber(original) ?? number), significantDigits(number)];
  for (const digits of DIGITS) {
    if (own <= digits || Number(before.toPrecision(digits)) !== after) continue;
    const bits = Math.min(MOST_DIGITS, BITS_PER_DIGIT * left);
    found.push({ cause: 'float-digits', detail: `to ${formatCounted(digits, 'digit')}`, bits });
  }
}

/** A rounded value is close to the one it was made of; asking this first spares nearly all the work. */
function isNear(before: number, after: number): boolean {
  return Math.abs(before - after) <= Math.abs(before) * 1e-5;
}

function doubleOf(value: Value): number | null {
  if (typeof value !== 'string' || value === '' || value === 'true' || value === 'false') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function explainDoubledDecimal({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [readExactNumber(original), readExactNumber(altered)];
  if (before === null || after === null || before.scale === 0) return;
  if (significantDigits(before) <= 15 || typeof original !== 'string') return;
  const printed = readExactNumber(String(Number(original)));
  if (printed === null || !isSameNumber(printed, after)) return;
  found.push({ cause: 'double-rounding', detail: 'more digits than a double has', bits: CERTAIN_BITS });
}

function explainScale({ original, altered, to }: Alteration, found: Explanation[]): void {
  const [before, after] = [readExactNumber(original), readExactNumber(altered)];
  if (before === null || after === null || after.scale >= before.scale) return;
  const declared = digitsOf(to)?.scale ?? null;
  const most = Math.min(before.scale - 1, MOST_DIGITS);
  const scales = range(after.scale, most);
  if (declared !== null && scales.includes(declared)) {
    scales.sort((one, other) => Number(other === declared) - Number(one === declared) || one - other);
  }
  for (const digits of scales) {
    for (const how of ['rounded', 'cut'] as const) {
      if (isSameNumber(limitFraction(before, digits, how), after)) {
        found.push(explainedScale({ before, after, digits, how, isDeclared: digits === declared }));
      }
    }
  }
}

interface ScaleFit {
  readonly before: ExactNumber;
  readonly after: ExactNumber;
  readonly digits: number;
  readonly how: 'rounded' | 'cut';
  readonly isDeclared: boolean;
}

/** One step of the last digit, as from 19.99 to 20.00, is what a change of all prices by a cent looks like too. */
function explainedScale({ before, after, digits, how, isDeclared }: ScaleFit): Explanation {
  const step = after.units * 10n ** BigInt(before.scale - after.scale) - before.units;
  const isOneStep = step === 1n || step === -1n;
  const bits = isOneStep ? 1 : Math.max(2, Math.min(MOST_DIGITS, BITS_PER_DIGIT * significantDigits(after)));
  return {
    cause: 'decimal-scale',
    detail: `${how} to ${digits} fraction digit${digits === 1 ? '' : 's'}`,
    bits,
    cost: isDeclared ? 0 : 3,
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

/** Fewer digits of a number are near to it: twice as far as `isNear` has it, so that nothing hangs on how a double is rounded. */
function kindOfDigits({ source, target }: NumberChange): number | null {
  return Math.abs(target - source) <= 2e-5 * Math.max(Math.abs(source), Math.abs(target)) ? null : 0;
}

/** So is a number of which at least the whole part is left, unless it was whole before. */
function kindOfScale({ source, target, one }: NumberChange): number | null {
  const isWhole = source % one === 0 && target % one === 0;
  return isWhole || Math.abs(target - source) > one ? 0 : null;
}

/** What happens to the digits of fractions. */
export const fractionRules: readonly CauseRule[] = (
  [
    [explainDigits, kindOfDigits],
    [explainDoubledDecimal, kindOfDigits],
    [explainScale, kindOfScale],
  ] as const
).map(([explain, kindOf]) => ({ types: NUMBER_TYPES, bothWays: true, explain, kindOf }));
