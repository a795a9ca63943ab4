import { RowproofError } from '../core/errors.js';
import { callSetting } from './options/options.js';

/** Where in the settings a value is: keys and list positions from the top. */
export type KeyPath = readonly (string | number)[];

/** Deeper than any setting; a value that holds itself, as an alias inside its own anchor does, has no end at all. */
export const MOST_DEPTH = 32;

/** Settings as plain values, from wherever they came. Whole numbers are bigints. */
export interface SettingsDocument {
  readonly value: unknown;
  /** Where a value stands, as far as that is known. */
  readonly placeOf: (at: KeyPath) => string;
  /** The error for a value, which names its place as far as that is known. */
  readonly fault: (at: KeyPath, message: string, hint?: string) => RowproofError;
}

/** `tableSettings.orders.key`; what would be misread without them gets quotes. */
export function formatPath(path: KeyPath): string {
  return path
    .map((step) => (typeof step === 'number' || /^[\w-]+$/.test(step) ? String(step) : JSON.stringify(step)))
    .join('.');
}

/** What is wrong with the value at a path of the settings that are at a place. */
export function faultAt(place: string, path: KeyPath, message: string, hint = ''): RowproofError {
  const end = /[.?]$/.test(message) ? '' : '.';
  const key = formatPath(path);
  const name = path.length === 0 ? '' : `${key}: `;
  return new RowproofError({
    code: 'usage',
    message: `${place}: ${name}${message}${end}`,
    hint,
    option: callSetting(path, key),
  });
}
