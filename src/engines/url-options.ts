import { RowproofError } from '../core/errors.js';

/** Decodes percent-escapes in a part of a URL; a stray percent sign is a usage error that does not show the text. */
export function decodeUrlPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RowproofError({
      code: 'usage',
      message: 'The database URL holds a percent sign that starts no valid escape.',
      hint: 'Write % as %25 in user names and passwords.',
    });
  }
}

/** What is no name may be part of a password, whose URL was cut elsewhere than its writer meant. */
const OPTION_NAME = /^[a-z][\w-]{0,39}$/i;

/** Refuses URL options that nobody would read: a misspelt `sslmode` must not turn TLS off in silence. */
export function rejectUnknownOptions(url: URL, known: readonly string[]): void {
  for (const name of url.searchParams.keys()) {
    if (known.includes(name)) continue;
    throw new RowproofError({
      code: 'usage',
      message: `The database URL has ${OPTION_NAME.test(name) ? `an unknown option "${name}"` : 'an option that has no name'}.`,
      hint: `Known options: ${known.join(', ')}.`,
    });
  }
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
    });
  }
  return Math.ceil(seconds * 1000);
}

/** Reads an option that is on or off; off where it is not there. */
export function readSwitchOption(options: URLSearchParams, name: string): boolean {
  const text = options.get(name) ?? 'false';
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new RowproofError({ code: 'usage', message: `Expected ${name} to be true or false, got ${text}.` });
}
