import type { Log } from '../core/log.js';
import type { Engine } from './engine.js';

/**
 * An engine whose sessions say in a log what they send and what comes of it. Every session of a run comes from one, so no
 * error of a statement goes without a line, whoever catches it.
 */
export function logEngine(engine: Engine, log: Log): Engine {
  if (log.level === null) return engine;
  const { cancel } = engine.can;
  return {
    ...engine,
    open: async (settings, stop) => {
      const startedMs = log.nowMs;
      try {
        const session = await engine.open(settings, stop, log);
        log.info('session:open', () => ({ session: session.serverSessionId, ms: log.nowMs - startedMs }));
        return session;
      } catch (error) {
        log.warn('session:fail', () => ({ ms: log.nowMs - startedMs, ...log.describeError(error) }));
        throw error;
      }
    },
    can: { ...engine.can, ...(cancel !== undefined && { cancel: logCancel(cancel, log) }) },
  };
}

type Cancel = NonNullable<Engine['can']['cancel']>;

function logCancel(cancel: Cancel, log: Log): Cancel {
  return async (settings, keys, stop) => {
    log.info('statements:cancel', () => ({ statements: keys.length }));
    try {
      await cancel(settings, keys, stop);
    } catch (error) {
      log.warn('statements:cancel-fail', () => log.describeError(error));
      throw error;
    }
  };
}
