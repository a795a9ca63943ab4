import { startPrivateMariadb } from '../private-mariadb.js';
import { startPrivatePostgres } from '../private-postgres.js';
import type { useServer } from '../servers/use-server.js';

type Kind = Parameters<typeof useServer>[0];

/** Servers on which nobody else writes: what proves that rows of a table were not written is in part about the whole server. */
export const QUIET_MARIADB: Kind = {
  name: 'mariadb',
  engine: 'mariadb',
  start: ({ parent, args }) => startPrivateMariadb(parent, args),
};
export const QUIET_POSTGRESQL: Kind = {
  name: 'postgresql',
  engine: 'postgresql',
  start: ({ parent }) => startPrivatePostgres(parent),
};
