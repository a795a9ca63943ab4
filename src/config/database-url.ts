import type { Side } from '../core/pairing.js';
import { usageError } from './raw-flags.js';

/** How URLs of databases begin. */
export const URL_FORMS = 'mysql://, mariadb:// or postgres://';

/** `postgres://user@/database?host=/folder` is how a unix socket is named; a web URL may not leave the host out. */
const ACCOUNT_WITHOUT_HOST = /^([a-z][a-z\d+.-]*:\/\/[^/?#]*@)(?=[/?#]|$)/i;

/**
 * Reads the URL of a side, as every command must before anything of it is shown: it refuses one that was cut elsewhere than
 * its writer meant, without quoting it. Returns one that `new URL` takes.
 */
export function readDatabaseUrl(text: string, side: Side): string {
  const url = text.replace(ACCOUNT_WITHOUT_HOST, '$1localhost');
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(url)) {
    throw usageError(
      `Expected --${side} to be a URL, got something else.`,
      `A URL starts with ${URL_FORMS}.`,
    );
  }
  if (!URL.canParse(url))
    throw usageError(`Expected --${side} to be a URL, got one that cannot be read.`, ESCAPES);
  const mark = findStrayMark(url);
  if (mark === null) return url;
  throw usageError(`Expected --${side} to be a URL, got one with ${mark} behind its host.`, ESCAPES);
}

const ESCAPES =
  'Write special characters of names and passwords as in a web address: %40 for @, %2F for /, %3F for ?, %23 for #.';

/**
 * A character that says that the URL was cut elsewhere than its writer meant. A `/`, `?` or `#` in a password that was not
 * escaped ends the host: what follows would be shown as the name of a database or an option, and it is the password.
 */
function findStrayMark(url: string): string | null {
  const [, authority = '', path = '', query = '', fragment] =
    /^[^:]*:\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? [];
  if (fragment !== undefined) return 'a #';
  const isNamed = /^(?:[?&][\w-]+=[^&]*)*$/.test(query);
  return path.includes('@') || (query.includes('@') && !(authority.includes('@') && isNamed)) ? 'an @' : null;
}
