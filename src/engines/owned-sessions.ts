import type { Engine } from './engine.js';
import type { Session } from './session.js';

/** An engine whose open sessions somebody keeps account of. */
export interface OwnedSessions {
  readonly engine: Engine;
  /** Closes every session that is still open, and those that are just being opened once they are. */
  close(): Promise<void>;
}

/**
 * Owns the sessions that are opened by an engine from now on: whoever asks for one closes it when it is not needed any longer,
 * and none outlives its owner, whatever goes wrong on the way.
 */
export function ownSessions(engine: Engine): OwnedSessions {
  const sessions = new Set<Session>();
  let isClosed = false;
  return {
    engine: {
      ...engine,
      open: async (settings, stop, log) => {
        const session = await engine.open(settings, stop, log);
        if (isClosed) await session.close();
        else sessions.add(session);
        return session;
      },
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...sessions].map((session) => session.close()));
      sessions.clear();
    },
  };
}
