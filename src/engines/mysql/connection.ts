import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings, Environment, TlsSettings } from '../connection-settings.js';
import type { UrlList } from '../server-urls.js';
import {
  decodeUrlPart,
  optionError,
  readDatabaseName,
  readDuration,
  readSwitchOption,
  rejectUnknownOptions,
  rejectUnusedFiles,
} from '../url-options.js';
import { type LoginOptions, readLoginOptions } from './option-file.js';

const TLS_MODES: Readonly<Record<string, TlsSettings['mode']>> = {
  disabled: 'disable',
  preferred: 'prefer',
  required: 'require',
  verify_ca: 'verify-ca',
  verify_identity: 'verify-full',
};
const OPTIONS = [
  'socket',
  'ssl-mode',
  'ssl-ca',
  'ssl-cert',
  'ssl-key',
  'server-public-key-path',
  'get-server-public-key',
  'enable-cleartext-plugin',
  'connect-timeout',
  'statement-timeout',
];

/** Takes each host for a server of its own; a socket is used instead of a host, so it goes with one only. */
export function spreadMysqlUrls(urls: UrlList): UrlList {
  rejectUnknownOptions(urls[0], OPTIONS);
  if (urls.length === 1 || !urls[0].searchParams.has('socket')) return urls;
  throw optionError(
    'The URL has several hosts and the option socket.',
    'A socket is used instead of a host: leave one of them out.',
  );
}

/** Resolves `mysql://user:password@host:port/database?ssl-mode=…`; the password may come from elsewhere. */
export function resolveMysqlConnection(url: URL, environment: Environment): ConnectionSettings {
  const options = url.searchParams;
  const database = readDatabaseName(url);
  if (database === '') {
    throw new RowproofError({
      code: 'usage',
      message: 'The URL names no database.',
      hint: 'Add it as the path: mysql://user@host:3306/database',
    });
  }
  const defaults = readClientFile(environment);
  return {
    scheme: 'mysql',
    host: url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    socketPath: options.get('socket'),
    user: decodeUrlPart(url.username) || defaults.user || environment.userName,
    password: {
      text: resolvePassword(url, environment, defaults.password ?? null),
      allowsClear: readSwitchOption(options, 'enable-cleartext-plugin'),
      serverPublicKeyPath: options.get('server-public-key-path'),
      requestsPublicKey: readSwitchOption(options, 'get-server-public-key'),
    },
    database,
    schema: database,
    tls: resolveTls(options),
    role: 'any',
    connectTimeoutMs: readDuration(options, 'connect-timeout', 10),
    statementTimeoutMs: readDuration(options, 'statement-timeout', 600),
    wholeTableTimeoutMs: readDuration(options, 'statement-timeout', 86_400),
    longestSilenceMs: readDuration(options, 'statement-timeout', 900),
  };
}

function resolvePassword(url: URL, environment: Environment, fromFile: string | null): string | null {
  if (url.password !== '') return decodeUrlPart(url.password);
  return environment.variables.MYSQL_PWD ?? fromFile;
}

/** The `[client]` group of `~/.my.cnf`, as far as user and password go. */
function readClientFile(environment: Environment): LoginOptions {
  const path = `${environment.homeFolder}/.my.cnf`;
  return readLoginOptions((isTrusted(environment, path) ? environment.readFile(path) : null) ?? '');
}

/** As in the engine's own clients: what anybody may write says nothing. */
function isTrusted({ fileMode, warn }: Environment, path: string): boolean {
  const mode = fileMode?.(path) ?? null;
  if (mode === null || (mode & 0o002) === 0 || (mode & 0o170000) !== 0o100000) return true;
  warn?.(`World-writable config file '${path}' is ignored.`);
  return false;
}

function resolveTls(options: URLSearchParams): TlsSettings {
  const caPath = options.get('ssl-ca');
  const name = (options.get('ssl-mode') ?? (caPath === null ? 'preferred' : 'verify_ca')).toLowerCase();
  const mode = Object.hasOwn(TLS_MODES, name) ? TLS_MODES[name] : undefined;
  if (mode === undefined) {
    throw new RowproofError({
      code: 'usage',
      message: `Expected ssl-mode to be one of ${Object.keys(TLS_MODES).join(', ').toUpperCase()}, got ${name}.`,
      hint: 'Without ssl-mode it is PREFERRED: TLS where the server offers it.',
    });
  }
  const certificatePath = options.get('ssl-cert');
  const keyPath = options.get('ssl-key');
  if (mode === 'disable' || mode === 'prefer' || mode === 'require') {
    const files = {
      'ssl-ca': caPath,
      ...(mode === 'disable' && { 'ssl-cert': certificatePath, 'ssl-key': keyPath }),
    };
    const needs = mode === 'disable' ? 'another ssl-mode' : 'ssl-mode=VERIFY_CA or VERIFY_IDENTITY';
    rejectUnusedFiles(files, { mode: `ssl-mode=${name.toUpperCase()}`, needs });
  }
  return { mode, caPath, certificatePath, keyPath };
}
