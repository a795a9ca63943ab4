import { RowproofError } from '../../core/errors.js';
import type { ServerRole } from '../server-urls.js';

/** What a server says of itself; `refusesWrites` is the default of its transactions for this account. */
export interface ServerStanding {
  readonly isStandby: boolean;
  readonly refusesWrites: boolean;
}

const MEETS: Readonly<Record<ServerRole, (standing: ServerStanding) => boolean>> = {
  any: () => true,
  primary: ({ isStandby }) => !isStandby,
  standby: ({ isStandby }) => isStandby,
  'read-write': ({ isStandby, refusesWrites }) => !isStandby && !refusesWrites,
  'read-only': ({ isStandby, refusesWrites }) => isStandby || refusesWrites,
};

/** Throws where a server is not what the URL says it must be. */
export function assertRole(wanted: ServerRole, standing: ServerStanding): void {
  if (MEETS[wanted](standing)) return;
  const found = standing.isStandby ? 'a standby' : 'a primary';
  const kind = standing.isStandby || !standing.refusesWrites ? found : `${found} that refuses writes`;
  throw new RowproofError({
    code: 'other-server',
    message: `The server is ${kind}, and the URL asks for target_session_attrs=${wanted}.`,
    hint: 'Name the server that is meant, or leave target_session_attrs out.',
  });
}
