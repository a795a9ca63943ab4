import type { Session } from './session.js';

/** What every session has, however rows are read and questions asked with it. */
type Connection = Omit<Session, 'readRows' | 'ask'>;

/**
 * Makes a session of another one, with what differs: all that it says of its connection is what the one that it wraps says at
 * that moment. `current` is asked each time, because a session that was lost may have another one in its place.
 */
export function wrapSession<Whole extends Connection>(
  current: () => Connection,
  own: Omit<Whole, keyof Connection> & Partial<Connection>,
): Whole {
  const whole: Connection = {
    get server() {
      return current().server;
    },
    get serverSessionId() {
      return current().serverSessionId;
    },
    get cancelKey() {
      return current().cancelKey;
    },
    get broken() {
      return current().broken;
    },
    get receivedBytes() {
      return current().receivedBytes;
    },
    findings: current().findings,
    together: (work) => current().together(work),
    pause: () => current().pause(),
    resume: () => current().resume(),
    close: () => current().close(),
    ...own,
  };
  // What a connection does not have, `own` has.
  return whole as Whole;
}
