import { RowproofError } from '../../core/errors.js';
import type { ServerIdentity } from '../server-identity.js';
import type { ControlRow } from '../session.js';

/** What tells one server from another, as far as a server has it; the rest is where it runs. */
const IDENTITY = ['server_uuid', 'server_uid', 'server_id'];
const PLACE = ['hostname', 'port', 'datadir'];

/** Variables of which a server may have some only. */
export const SERVER_VARIABLES: readonly string[] = [...IDENTITY, ...PLACE];

/** What says which server answers, and by which number it knows the session, as SQL by the name of its column. */
export function serverColumns(known: { has(name: string): boolean }): Readonly<Record<string, string>> {
  const list = (names: readonly string[]): string => {
    const found = names.filter((name) => known.has(name)).map((name) => `@@${name}`);
    return found.length === 0 ? "''" : `CONCAT_WS('/', ${found.join(', ')})`;
  };
  return { identity: list(IDENTITY), place: list(PLACE), session_id: 'CONNECTION_ID()' };
}

/** A SELECT list of such columns. */
export function selectList(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(', ');
}

/** Who answered: the server's own identifiers, and where it runs. */
export function identifyServer(row: ControlRow): ServerIdentity {
  if (row.identity && row.place) {
    const who = { id: `server ${row.identity}`, place: row.place, started: null, asked: null };
    // Of a server without a name of its own only its number is known, which many have left at 1.
    return row.identity.includes('/') ? who : { ...who, isWeak: true };
  }
  throw new RowproofError({
    code: 'session-state',
    message: 'The server does not say who it is.',
    hint: 'Connect to the database itself rather than through a proxy that rewrites statements.',
  });
}
