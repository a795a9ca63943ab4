/** The two programs that a private server needs: one that makes a data folder and one that serves it. */
export interface ServerBinaries {
  readonly server: string;
  readonly installer: string;
}

/** What somebody must do when no MariaDB is there. */
export const MARIADB_MISSING: string;
/** What somebody must do when no PostgreSQL is there. */
export const POSTGRES_MISSING: string;
/** A MariaDB of this machine; a MySQL is not taken for one. */
export function findMariadb(): ServerBinaries | null;
/** A PostgreSQL of this machine, or of the folder that ROWPROOF_TEST_POSTGRES_BIN names. */
export function findSystemPostgres(): ServerBinaries | null;
/** The PostgreSQL that npm brought along. */
export function findEmbeddedPostgres(): ServerBinaries | null;
export const PGBOUNCER_MISSING: string;
export function findPgbouncer(): string | null;
export const PGPOOL_MISSING: string;
export function findPgpool(): string | null;
export const PROMTOOL_MISSING: string;
export function findPromtool(): string | null;
export const CHROMIUM_MISSING: string;
export function findChromium(): string | null;
export const BUILDAH_MISSING: string;
export function findBuildah(): string | null;
