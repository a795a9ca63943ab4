import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings, Environment, TlsSettings } from '../engine.js';
import { decodeUrlPart, readDuration, rejectUnknownOptions } from '../url-options.js';

const TLS_MODES: readonly TlsSettings['mode'][] = [
  'disable',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
];
const OPTIONS = [
  'schema',
  'host',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect-timeout',
  'statement-timeout',
];

/** Resolves `postgres://user:password@host:port/database?schema=…&sslmode=…`; the password may come from elsewhere. */
export function resolvePostgresqlConnection(url: URL, environment: Environment): ConnectionSettings {
  const options = url.searchParams;
  rejectUnknownOptions(url, OPTIONS);
  const user = decodeUrlPart(url.username) || environment.variables.PGUSER || environment.userName;
  const socketFolder = options.get('host');
  const host = url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 5432 : Number(url.port);
  const database = decodeUrlPart(url.pathname.slice(1)) || user;
  return {
    scheme: 'postgres',
    host,
    port,
    socketPath: socketFolder,
    user,
    password: resolvePassword(url, environment, {
      host: socketFolder === null ? host : 'localhost',
      port,
      database,
      user,
    }),
    database,
    schema: options.get('schema') ?? 'public',
    tls: resolveTls(options),
    connectTimeoutMs: readDuration(options, 'connect-timeout', 10),
    statementTimeoutMs: readDuration(options, 'statement-timeout', 600),
    wholeTableTimeoutMs: readDuration(options, 'statement-timeout', 86_400),
  };
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

/** As in libpq, `require` with a root certificate checks the server's certificate. */
function resolveTls(options: URLSearchParams): TlsSettings {
  const name = options.get('sslmode') ?? 'prefer';
  const mode = TLS_MODES.find((known) => known === name);
  if (mode === undefined) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected sslmode to be one of ${TLS_MODES.join(', ')}, got ${name}.`,
    });
  }
  const caPath = options.get('sslrootcert');
  return {
    mode: mode === 'require' && caPath !== null ? 'verify-ca' : mode,
    caPath,
    certificatePath: options.get('sslcert'),
    keyPath: options.get('sslkey'),
  };
}
