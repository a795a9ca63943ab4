import type { Side } from '../core/pairing.js';
import { optionError } from './raw-flags.js';
import { listHostUrls } from './url-hosts.js';

/** How URLs of databases begin. */
export const URL_FORMS = 'mysql://, mariadb:// or postgres://';

/** `postgres://user@/database?host=/folder` is how a unix socket is named; a web URL may not leave the host out. */
const ACCOUNT_WITHOUT_HOST = /^([a-z][a-z\d+.-]*:\/\/[^/?#]*@)(?=[/?#]|$)/i;

/**
 * Reads the URL of a side, as every command must before anything of it is shown: it refuses one that was cut elsewhere than
 * its writer meant, without quoting it. Returns one of whose hosts `listHostUrls` makes URLs that `new URL` takes.
 */
export function readDatabaseUrl(text: string, side: Side): string {
  const url = text.trim().replace(ACCOUNT_WITHOUT_HOST, '$1localhost');
  const refuse = (got: string, hint: string): Error =>
    optionError({ option: `--${side}`, message: `Expected --${side} to be a URL, got ${got}.`, hint });
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(url)) throw refuse('something else', `A URL starts with ${URL_FORMS}.`);
  // A URL is read without them, so a password would be another one than was given.
  if (/[\t\r\n]/.test(url)) throw refuse('one with a line break or tab in it', 'Write it on one line.');
  const hosts = findHosts(url);
  if (hosts.length > 1) {
    if (hosts.some((host) => /^(?::|$)/.test(host)))
      throw refuse('one with an empty host in its list', LISTS);
    if (hosts.some((host) => /\s/.test(host))) throw refuse('one with a blank in its list of hosts', LISTS);
  }
  if (!hosts.every(hasPort)) throw refuse('one whose port is none', PORTS);
  if (!listHostUrls(url).every((each) => URL.canParse(each)))
    throw refuse('one that cannot be read', ESCAPES);
  const mark = findStrayMark(url);
  if (mark === null) return url;
  throw refuse(`one with ${mark} behind its host`, ESCAPES);
}

const LISTS =
  'Of several hosts the first that answers is taken, as in mysql://user@host:3306,other:3306/database.';
const PORTS = 'A port is a number from 1 to 65535 behind the host, as in mysql://user@host:3306/database.';
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

/**
 * Each host with its port as they are written; none where an `@` stands behind them: what looks like a host is a part of the
 * password then, which must not be talked about.
 */
function findHosts(url: string): readonly string[] {
  const [, authority = '', behind = ''] = /^[^:]*:\/\/([^/?#]*)(.*)$/s.exec(url) ?? [];
  return behind.includes('@') ? [] : authority.slice(authority.lastIndexOf('@') + 1).split(',');
}

function hasPort(host: string): boolean {
  const [, port] = /^(?:\[.*\]|[^:]*):(.*)$/s.exec(host) ?? [];
  if (port === undefined || port === '' || (host.startsWith('[') && !host.includes(']'))) return true;
  return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
}
