import { findClosestName } from '../core/closest-name.js';
import { RowproofError } from '../core/errors.js';

/** Decodes percent-escapes in a part of a URL; a stray percent sign is a usage error that does not show the text. */
export function decodeUrlPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RowproofError({
      code: 'usage',
      message: 'The URL holds a percent sign that starts no valid escape.',
      hint: 'Write % as %25 in user names and passwords.',
    });
  }
}

/** What is no name may be part of a password, whose URL was cut elsewhere than its writer meant. */
const OPTION_NAME = /^[a-z][\w-]{0,39}$/i;

/** Refuses URL options that nobody would read: a misspelt `sslmode` must not turn TLS off in silence. */
export function rejectUnknownOptions(url: URL, known: readonly string[]): void {
  const names = [...url.searchParams.keys()];
  for (const [index, name] of names.entries()) {
    if (!known.includes(name)) throw unknownOption(name, known);
    if (names.indexOf(name) !== index) {
      throw optionError(`The URL has the option ${name} twice.`, 'Leave all but one of them out.');
    }
    if (url.searchParams.get(name)?.trim() === '') {
      throw optionError(
        `The URL has the option ${name} without a value.`,
        `Write ${name}=VALUE, or leave it out.`,
      );
    }
  }
}

function unknownOption(name: string, known: readonly string[]): RowproofError {
  const meant = findClosestName(name.replaceAll('_', '-'), known);
  return optionError(
    `The URL has ${OPTION_NAME.test(name) ? `an unknown option "${name}"` : 'an option that has no name'}.`,
    `${meant === null ? '' : `Did you mean ${meant}? `}Known options: ${known.join(', ')}.`,
  );
}

/** A `usage` error about an option of a URL. */
export function optionError(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}

/**
 * The name of the database in the path of a URL, as it is behind the first slash. A second slash and an option behind `&`
 * would become a part of it.
 */
export function readDatabaseName(url: URL): string {
  const name = url.pathname.slice(1);
  if (/&[\w-]+=/.test(name)) {
    throw optionError(
      'The URL has an & before its first option.',
      'Options begin with ?: …/database?name=value&name=value',
    );
  }
  if (name.includes('/')) {
    throw optionError(
      'The URL has more than one name in its path.',
      'The path is the name of the database; a / in that name is written %2F.',
    );
  }
  return decodeUrlPart(name);
}

/** Refuses files of TLS options that the mode does not look at: their user believes to be protected. */
export function rejectUnusedFiles(
  files: Readonly<Record<string, string | null>>,
  { mode, needs }: { readonly mode: string; readonly needs: string },
): void {
  const unused = Object.keys(files).find((name) => files[name] !== null);
  if (unused === undefined) return;
  throw optionError(
    `The URL has ${unused}, which ${mode} does not use.`,
    `Write ${needs}, or leave ${unused} out.`,
  );
}

/** Reads an option in seconds and returns milliseconds. */
export function readDuration(options: URLSearchParams, name: string, defaultSeconds: number): number {
  const text = options.get(name);
  if (text === null) return defaultSeconds * 1000;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86400)) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected ${name} to be seconds above 0 and up to 86400, got ${text}.`,
      hint: `Write it as a number, for example ${name}=10.`,
    });
  }
  return Math.ceil(seconds * 1000);
}

/** Reads an option that is on or off; off where it is not there. */
export function readSwitchOption(options: URLSearchParams, name: string): boolean {
  const text = options.get(name) ?? 'false';
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw optionError(
    `Expected ${name} to be true or false, got ${text}.`,
    `Write ${name}=true, or leave it out.`,
  );
}
