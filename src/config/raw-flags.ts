import { RowproofError } from '../core/errors.js';

/** A flag as the command line gave it: absent, once, or several times. Numbers are still text. */
export type RawFlag = string | boolean | readonly (string | boolean)[] | undefined;

/** Flags by their names without the dashes, as typed: `{ source: 'mysql://…', 'match-names': 'exact' }`. */
export type RawFlags = Readonly<Record<string, RawFlag>>;

/** The error for a flag that cannot be used: what was expected, what came, what to do. */
export function usageError(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}

/** A flag that may be given once; an empty value is no value. */
export function readText(flags: RawFlags, name: string): string | undefined {
  const values = readList(flags, name);
  if (values.length > 1) {
    throw usageError(
      `Expected --${name} once, got it ${values.length} times.`,
      `Leave all but one --${name} out.`,
    );
  }
  return values[0];
}

/** A flag that may be given any number of times. */
export function readList(flags: RawFlags, name: string): readonly string[] {
  const flag = flags[name];
  const values = (Array.isArray(flag) ? flag : flag === undefined ? [] : [flag]).map(String);
  if (values.some((value) => value.trim() === '')) {
    throw usageError(
      `Expected --${name} to have a value, got an empty one.`,
      `Leave --${name} out, or write its value.`,
    );
  }
  return values;
}

/** A flag without a value. One that was given a value is refused: `--hide-values=yes` must not come out as "no". */
export function readSwitch(flags: RawFlags, name: string): boolean {
  const flag = flags[name];
  const values: readonly unknown[] = Array.isArray(flag) ? flag : flag === undefined ? [] : [flag];
  if (values.some((value) => value !== true)) {
    throw usageError(`Expected --${name} to have no value, got one.`, `Write --${name}, or leave it out.`);
  }
  return values.length > 0;
}

interface WholeNumber {
  readonly name: string;
  readonly least: bigint;
  readonly most: bigint;
}

/** A whole number in a range, without a way through a double. */
export function readWholeNumber(flags: RawFlags, { name, least, most }: WholeNumber): bigint | undefined {
  const text = readText(flags, name);
  if (text === undefined) return undefined;
  const number = /^[+-]?\d{1,30}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : null;
  if (number === null || number < least || number > most) {
    throw usageError(
      `Expected --${name} to be a whole number from ${least} to ${most}, got ${text}.`,
      `Write it as digits only, for example --${name} ${least}.`,
    );
  }
  return number;
}
