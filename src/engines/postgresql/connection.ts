import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings, Environment, TlsSettings } from '../connection-settings.js';
import type { UrlList } from '../server-urls.js';
import {
  decodeUrlPart,
  readDatabaseName,
  readDuration,
  readSwitchOption,
  rejectUnknownOptions,
  rejectUnusedFiles,
} from '../url-options.js';
import { readRole, spreadHosts } from './hosts.js';

/** libpq's `allow` tries without TLS first, which helps nobody who listens less than `prefer` does. */
const TLS_MODES: Readonly<Record<string, TlsSettings['mode']>> = {
  disable: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};
/** What `sslrootcert` says instead of a path, for the authorities that everybody trusts. */
const SYSTEM_AUTHORITIES = 'system';
const OPTIONS = [
  'schema',
  'host',
  'port',
  'target_session_attrs',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'allow-cleartext-password',
  'connect-timeout',
  'statement-timeout',
];

/** Spreads the hosts of a URL whose options are all known. */
export function spreadPostgresqlUrls(urls: UrlList): UrlList {
  rejectUnknownOptions(urls[0], OPTIONS);
  return spreadHosts(urls);
}

/** Resolves `postgres://user:password@host:port/database?schema=…&sslmode=…`; the password may come from elsewhere. */
export function resolvePostgresqlConnection(url: URL, environment: Environment): ConnectionSettings {
  const options = url.searchParams;
  warnOfUnread(environment);
  const user = decodeUrlPart(url.username) || environment.variables.PGUSER || environment.userName;
  // Of hosts that are no folder, spreading makes the host of the URL.
  const socketFolder = options.get('host');
  const host = url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 5432 : Number(url.port);
  const database = readDatabaseName(url) || user;
  return {
    scheme: 'postgres',
    host,
    port,
    socketPath: socketFolder,
    user,
    password: {
      text: resolvePassword(url, environment, {
        host: socketFolder === null ? host : 'localhost',
        port,
        database,
        user,
      }),
      allowsClear: readSwitchOption(options, 'allow-cleartext-password'),
      serverPublicKeyPath: null,
      requestsPublicKey: false,
    },
    database,
    schema: options.get('schema') ?? 'public',
    tls: resolveTls(options),
    role: readRole(options),
    connectTimeoutMs: readDuration(options, 'connect-timeout', 10),
    statementTimeoutMs: readDuration(options, 'statement-timeout', 600),
    wholeTableTimeoutMs: readDuration(options, 'statement-timeout', 86_400),
    longestSilenceMs: readDuration(options, 'statement-timeout', 900),
  };
}

/** What libpq reads for one connection and would here mean both sides, or look safer than it is. */
const UNREAD = [
  'PGHOST',
  'PGHOSTADDR',
  'PGPORT',
  'PGDATABASE',
  'PGSERVICE',
  'PGOPTIONS',
  'PGSSLMODE',
  'PGSSLROOTCERT',
];

function warnOfUnread({ variables, warn }: Environment): void {
  const set = UNREAD.filter((name) => (variables[name] ?? '') !== '');
  if (set.length === 0) return;
  const are = set.length === 1 ? 'is' : 'are';
  warn?.(`${set.join(', ')} ${are} set and ${are} not read: each side is what its URL says.`);
}

interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

function resolvePassword(url: URL, environment: Environment, login: Login): string | null {
  if (url.password !== '') return decodeUrlPart(url.password);
  return environment.variables.PGPASSWORD ?? readPasswordFile(environment, login);
}

/** @see https://www.postgresql.org/docs/current/libpq-pgpass.html */
function readPasswordFile(environment: Environment, login: Login): string | null {
  const path = environment.variables.PGPASSFILE ?? `${environment.homeFolder}/.pgpass`;
  if (!isPrivate(environment, path)) return null;
  const wanted = [login.host, String(login.port), login.database, login.user];
  for (const line of (environment.readFile(path) ?? '').split('\n')) {
    if (line.startsWith('#')) continue;
    const fields = (line.match(/(?:\\.|[^:\\])+/g) ?? []).map((field) => field.replace(/\\(.)/g, '$1'));
    const matches = wanted.every((value, i) => fields[i] === '*' || fields[i] === value);
    if (fields.length === 5 && matches) return fields[4] ?? null;
  }
  return null;
}

/** As in libpq: a file that its group or others may use in any way holds no password. */
function isPrivate({ fileMode, warn }: Environment, path: string): boolean {
  const mode = fileMode?.(path) ?? null;
  if (mode === null) return true;
  if ((mode & 0o170000) !== 0o100000) {
    warn?.(`password file "${path}" is not a plain file, and is not used.`);
    return false;
  }
  if ((mode & 0o077) === 0) return true;
  warn?.(
    `password file "${path}" has group or world access; permissions should be u=rw (0600) or less. It is not used.`,
  );
  return false;
}

/**
 * As in libpq, `require` with a root certificate checks the server's certificate, and authorities that sign for everybody
 * are good for nothing less than `verify-full`.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSLROOTCERT
 */
function resolveTls(options: URLSearchParams): TlsSettings {
  const root = options.get('sslrootcert');
  const isSystem = root === SYSTEM_AUTHORITIES;
  const name = options.get('sslmode') ?? (isSystem ? 'verify-full' : 'prefer');
  const mode = Object.hasOwn(TLS_MODES, name) ? TLS_MODES[name] : undefined;
  if (mode === undefined) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected sslmode to be one of ${Object.keys(TLS_MODES).join(', ')}, got ${name}.`,
      hint: 'Without sslmode it is prefer: TLS where the server offers it.',
    });
  }
  if (isSystem && mode !== 'verify-full') {
    throw new RowproofError({
      code: 'usage',
      message: `Expected sslmode=verify-full with sslrootcert=system, got ${name}.`,
      hint: 'Anybody can get a certificate of those authorities, so only the host name tells who is there.',
    });
  }
  const certificatePath = options.get('sslcert');
  const keyPath = options.get('sslkey');
  if (mode === 'disable' || mode === 'prefer') {
    const files = {
      sslrootcert: root,
      ...(mode === 'disable' && { sslcert: certificatePath, sslkey: keyPath }),
    };
    const needs = mode === 'disable' ? 'another sslmode' : 'sslmode=verify-full or verify-ca';
    rejectUnusedFiles(files, { mode: `sslmode=${name}`, needs });
  }
  return {
    mode: mode === 'require' && root !== null ? 'verify-ca' : mode,
    caPath: isSystem ? null : root,
    certificatePath,
    keyPath,
  };
}
