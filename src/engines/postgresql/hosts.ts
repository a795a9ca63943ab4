import type { ServerRole, UrlList } from '../server-urls.js';
import { decodeUrlPart, optionError } from '../url-options.js';

const HOST = 'host';
const PORT = 'port';
const ROLE = 'target_session_attrs';
const ROLES: readonly string[] = [
  'any',
  'primary',
  'standby',
  'read-write',
  'read-only',
] satisfies ServerRole[];
/** The one that asks all hosts for a standby first, and then takes any server. */
const PREFER_STANDBY = 'prefer-standby';

/**
 * Spreads hosts as libpq does: `host` and `port` are lists that stand in the place of what the URL says before its path, one
 * port is that of all hosts, and a host that is a path is the folder of a unix socket.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
 */
export function spreadHosts(urls: UrlList): UrlList {
  const options = urls[0].searchParams;
  const hosts = listOf(options.get(HOST)) ?? urls.map((url) => decodeUrlPart(url.hostname));
  const ports = listOf(options.get(PORT)) ?? urls.map(({ port }) => port);
  if (ports.length !== 1 && ports.length !== hosts.length) {
    throw optionError(
      `The URL has ${hosts.length} host${hosts.length === 1 ? '' : 's'} and ${ports.length} ports.`,
      'Name one port for all hosts, or one for each.',
    );
  }
  if (hosts.length > 1 && hosts.includes('')) {
    throw optionError('The URL has an empty host in its list.', 'Name each server: host=one,other.');
  }
  const spelled = hosts.map((host, i) =>
    spellUrl(urls[0], { host, port: (ports.length === 1 ? ports[0] : ports[i]) ?? '' }),
  );
  const [first = urls[0], ...others] = inOrderOfRoles(spelled);
  return [first, ...others];
}

/** What the server of a URL must be. */
export function readRole(options: URLSearchParams): ServerRole {
  return (options.get(ROLE) ?? 'any') as ServerRole;
}

function listOf(text: string | null): readonly string[] | null {
  // An option without a value is refused where the URL is resolved.
  return text === null || text.trim() === '' ? null : text.split(',');
}

function spellUrl(model: URL, { host, port }: { readonly host: string; readonly port: string }): URL {
  const url = new URL(model);
  url.searchParams.delete(HOST);
  url.searchParams.delete(PORT);
  const isFolder = host.startsWith('/');
  if (isFolder) url.searchParams.set(HOST, host);
  // Before the port, which a URL without a host does not take.
  url.hostname = isFolder || host === '' ? 'localhost' : spellHost(host);
  url.port = spellPort(port);
  return url;
}

function spellHost(host: string): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  if (!/[/?#@]/.test(name) && URL.canParse(`postgres://${name}`)) return name;
  throw optionError(
    'The URL names a host that is none.',
    'Write names, addresses or folders of sockets, with commas between them.',
  );
}

function spellPort(port: string): string {
  if (port === '' || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) return port;
  throw optionError(
    'The URL names a port that is none.',
    'A port is a number from 1 to 65535: port=5432,5433.',
  );
}

function inOrderOfRoles(urls: readonly URL[]): readonly URL[] {
  const [role] = urls.map(({ searchParams }) => searchParams.get(ROLE));
  if (role === PREFER_STANDBY) return [...withRole(urls, 'standby'), ...withRole(urls, 'any')];
  if (role === undefined || role === null || role.trim() === '' || ROLES.includes(role)) return urls;
  throw optionError(
    `Expected ${ROLE} to be one of ${[...ROLES, PREFER_STANDBY].join(', ')}, got ${role}.`,
    'Without it the first server that answers is taken.',
  );
}

function withRole(urls: readonly URL[], role: ServerRole): readonly URL[] {
  return urls.map((url) => {
    const copy = new URL(url);
    copy.searchParams.set(ROLE, role);
    return copy;
  });
}
