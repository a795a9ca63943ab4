import { RowproofError } from '../core/errors.js';

/** Which server, and on it which database, a session reads. */
export interface ServerIdentity {
  /** Tells servers apart whose data have nothing to do with each other, and stays through a restart. */
  readonly id: string;
  /** Where the server runs. A copy of its data elsewhere has the same id. */
  readonly place: string;
  /** Set where another server may have the same id, so that only its place tells it. */
  readonly isWeak?: true;
  /** When it was started, as exactly as it knows, so that later times are greater texts; null where it does not say. */
  readonly started: string | null;
  /** When it said so, by its own clock. */
  readonly asked: string | null;
}

/** The server that all sessions of a side must be on. */
export interface ExpectedServer {
  readonly identity: ServerIdentity;
  /**
   * Whether a server with the same id is on the other side too, as where a primary is compared with its standby. A
   * restart cannot be told from the other one then, and counts as another server.
   */
  readonly isExact: boolean;
}

/** Whether two sessions are on the same running server and database. */
export function isSameInstance(one: ServerIdentity, other: ServerIdentity): boolean {
  if (one.id !== other.id) return false;
  return one.started === null || other.started === null
    ? one.place === other.place
    : one.started === other.started;
}

/** Throws where a server that answers is not the one that is expected: what it holds proves nothing of that one. */
export function assertExpectedServer(expected: ExpectedServer | undefined, found: ServerIdentity): void {
  if (expected === undefined || isSameInstance(expected.identity, found)) return;
  const { identity, isExact } = expected;
  if (!isExact && identity.id === found.id && identity.place === found.place && isLater(found, identity))
    return;
  throw new RowproofError({
    code: 'other-server',
    message: `Another server answers than at the start: it was ${describe(identity)}, and now it is ${describe(found)}.`,
    hint: 'Name one server in the URL, not an address that leads to several or moves between them, and run again.',
  });
}

/**
 * Whether a server was started after the other one had answered, as it is where that one was restarted. Of two that
 * have run all along, both may have the same address, each in a network of its own.
 */
function isLater({ started }: ServerIdentity, { asked }: ServerIdentity): boolean {
  return started === null || asked === null || started > asked;
}

function describe({ id, place, started }: ServerIdentity): string {
  return `${place} (${id}${started === null ? '' : `, started ${started}`})`;
}
