import type { ControlRow } from '../engine.js';
import type { ServerIdentity } from '../server-identity.js';

/** Whether the account may ask for the identifier of the cluster, as `t` or `f`. */
export const KNOWS_SYSTEM = `pg_catalog.has_function_privilege(
  pg_catalog.to_regprocedure('pg_catalog.pg_control_system()')::pg_catalog.oid, 'EXECUTE')`;

/** Columns that say which server answers. */
export function buildServerQuestion(knowsSystem: boolean): string {
  const system = knowsSystem ? '(SELECT system_identifier FROM pg_catalog.pg_control_system())' : "'unknown'";
  return `${system} AS system, pg_catalog.pg_is_in_recovery() AS recovering,
    (SELECT oid FROM pg_catalog.pg_database
       WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()) AS database,
    pg_catalog.host(pg_catalog.inet_server_addr()) AS address, pg_catalog.current_setting('port') AS port,
    pg_catalog.pg_postmaster_start_time() AS started, pg_catalog.pg_backend_pid() AS pid`;
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
  };
}

/**
 * Keeps pgpool from handing a statement to another server than the one that was asked who it is. Elsewhere a comment.
 *
 * @see https://www.pgpool.net/docs/latest/en/html/runtime-config-load-balancing.html
 */
export const STAY = '/*NO LOAD BALANCE*/ ';
