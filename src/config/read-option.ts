import type { ChoiceKind, CountKind, NamedOption, QuantityKind } from './options/option.js';
import { flagOf } from './options/option-names.js';
import { parseQuantity, parseRatio } from './options/quantities.js';
import { optionError, type RawFlags, readText } from './raw-flags.js';

/** An option whose value is of one kind. */
type Of<Kind> = Pick<NamedOption, 'name' | 'typed' | 'default' | 'hint'> & { readonly kind: Kind };

/** Reads a whole number, without a way through a double; null where none was given. */
export function readCount(flags: RawFlags, { name, kind: { least, most } }: Of<CountKind>): bigint | null {
  const flag = flagOf(name);
  const text = readText(flags, flag);
  if (text === undefined) return null;
  const number = /^[+-]?\d{1,30}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : null;
  if (number !== null && number >= least && number <= most) return number;
  throw optionError({
    option: `--${flag}`,
    message: `Expected --${flag} to be a whole number from ${least} to ${most}, got ${text}.`,
    hint: `Write it as digits only, for example --${flag} ${least}.`,
  });
}

/** Reads the number of something that fits a double; null where none was given. */
export function readNumber(flags: RawFlags, option: Of<CountKind>): number | null {
  const count = readCount(flags, option);
  return count === null ? null : Number(count);
}

/** Reads one of a few words. */
export function readChoice<Word extends string>(
  flags: RawFlags,
  { name, kind: { words }, default: byDefault, hint = '' }: Of<ChoiceKind<Word>> & { readonly default: Word },
): Word {
  const flag = flagOf(name);
  const text = readText(flags, flag) ?? byDefault;
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw optionError({
    option: `--${flag}`,
    message: `Expected --${flag} to be one of ${words.join(', ')}, got ${text}.`,
    hint,
  });
}

const QUANTITIES: Readonly<Record<QuantityKind['is'], string>> = { duration: 'a time', byteRate: 'a size' };

/** Reads a time in milliseconds, or a size in bytes; null where none was given and none holds by default. */
export function readQuantity(
  flags: RawFlags,
  option: Of<QuantityKind> & { readonly default: string },
): number;
export function readQuantity(flags: RawFlags, option: Of<QuantityKind>): number | null;
export function readQuantity(flags: RawFlags, option: Of<QuantityKind>): number | null {
  const { name, kind, typed, default: byDefault } = option;
  const flag = flagOf(name);
  const text = readText(flags, flag) ?? byDefault;
  if (text === undefined) return null;
  const amount = parseQuantity(text, kind);
  if (amount !== null) return amount;
  throw optionError({
    option: `--${flag}`,
    message: `Expected --${flag} to be ${QUANTITIES[kind.is]} from ${kind.least} to ${kind.most}, got ${text}.`,
    hint: `Write it with its unit, for example --${flag} ${typed}.`,
  });
}

/** Reads a share of the rows, above 0 and up to 1. */
export function readRatio(
  flags: RawFlags,
  { name, default: byDefault, hint = '' }: Of<{ readonly is: 'ratio' }> & { readonly default: string },
): number {
  const flag = flagOf(name);
  const text = readText(flags, flag) ?? byDefault;
  const ratio = parseRatio(text);
  if (ratio !== null) return ratio;
  throw optionError({
    option: `--${flag}`,
    message: `Expected --${flag} to be a share of the rows such as 10% or 0.1, got ${text}.`,
    hint,
  });
}
