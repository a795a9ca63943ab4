import { RowproofError } from '../core/errors.js';
import { callOption } from './options/options.js';

/** A flag as the command line gave it: absent, once, or several times. Numbers are still text. */
export type RawFlag = string | boolean | readonly (string | boolean)[] | undefined;

/** Flags by their names without the dashes, as typed: `{ source: 'mysql://…', 'match-names': 'exact' }`. */
export type RawFlags = Readonly<Record<string, RawFlag>>;

/** The error for what cannot be used: what was expected, what came, what to do. */
export function usageError(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}

interface OptionFault {
  /** As the message calls it: `--where`, or `columnMap` where it has no flag. */
  readonly option: string;
  readonly message: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** The error for an option that cannot be used, which carries the option's name. */
export function optionError({ option, ...details }: OptionFault): RowproofError {
  return new RowproofError({ code: 'usage', option: callOption(option), ...details });
}

/** A flag that may be given once; an empty value is no value. */
export function readText(flags: RawFlags, name: string): string | undefined {
  const values = readList(flags, name);
  if (values.length > 1) {
    throw optionError({
      option: `--${name}`,
      message: `Expected --${name} once, got it ${values.length} times.`,
      hint: `Leave all but one --${name} out.`,
    });
  }
  return values[0];
}

/** A flag that may be given any number of times. */
export function readList(flags: RawFlags, name: string): readonly string[] {
  const flag = flags[name];
  const values = (Array.isArray(flag) ? flag : flag === undefined ? [] : [flag]).map(String);
  if (values.some((value) => value.trim() === '')) {
    throw optionError({
      option: `--${name}`,
      message: `Expected --${name} to have a value, got an empty one.`,
      hint: `Leave --${name} out, or write its value.`,
    });
  }
  return values;
}

/** A flag without a value. One that was given a value is refused: `--hide-values=yes` must not come out as "no". */
export function readSwitch(flags: RawFlags, name: string): boolean {
  const flag = flags[name];
  const values: readonly unknown[] = Array.isArray(flag) ? flag : flag === undefined ? [] : [flag];
  if (values.some((value) => value !== true)) {
    throw optionError({
      option: `--${name}`,
      message: `Expected --${name} to have no value, got one.`,
      hint: `Write --${name}, or leave it out.`,
    });
  }
  return values.length > 0;
}
