import type { ServerIdentity } from '../server-identity.js';
import type { ControlRow } from '../session.js';

/** Whether the account may ask for the identifier of the cluster, as `t` or `f`. */
export const KNOWS_SYSTEM = `pg_catalog.has_function_privilege(
  pg_catalog.to_regprocedure('pg_catalog.pg_control_system()')::pg_catalog.oid, 'EXECUTE')`;

/** A time as a text that is the same under all settings and in every zone, and greater for a later one. */
function spellTime(name: string): string {
  return `pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.${name}()), 'YYYY-MM-DD HH24:MI:SS.US+00')`;
}

/** Columns that say which server answers. */
export function buildServerQuestion(knowsSystem: boolean): string {
  const system = knowsSystem ? '(SELECT system_identifier FROM pg_catalog.pg_control_system())' : "'unknown'";
  return `${system} AS system, pg_catalog.pg_is_in_recovery() AS recovering,
    (SELECT oid FROM pg_catalog.pg_database
       WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()) AS database,
    pg_catalog.host(pg_catalog.inet_server_addr()) AS address, pg_catalog.current_setting('port') AS port,
    ${spellTime('pg_postmaster_start_time')} AS started, ${spellTime('clock_timestamp')} AS asked,
    pg_catalog.pg_backend_pid() AS pid`;
}

/**
 * Who answered. The system identifier is that of a cluster's data, so a standby has it as well, and a copy that was
 * promoted; without it, a server that was restarted cannot be told from another one.
 */
export function identifyServer(row: ControlRow, knowsSystem: boolean): ServerIdentity {
  const started = row.started ?? '';
  const place = `${row.address ?? 'local socket'}:${row.port}`;
  const role = row.recovering === 't' ? 'standby' : 'primary';
  return {
    id: `system ${row.system}, database ${row.database}, ${role}`,
    place: knowsSystem ? place : `${place} since ${started}`,
    started,
    asked: row.asked ?? '',
    ...(knowsSystem ? {} : { isWeak: true as const }),
  };
}

/**
 * Keeps pgpool from handing a statement to another server than the one that was asked who it is. Elsewhere a comment.
 *
 * @see https://www.pgpool.net/docs/latest/en/html/runtime-config-load-balancing.html
 */
export const STAY = '/*NO LOAD BALANCE*/ ';
