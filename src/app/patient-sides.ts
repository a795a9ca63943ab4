import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import { wrapSession } from '../engines/wrap-session.js';
import type { ServerWatch } from '../run/server-watch.js';
import type { OpenSide } from './open-side.js';

/** What is asked may be what ends the server. */
const MOST_OUTAGES = 4;

/**
 * Makes the sessions of both sides that belong to no worker wait for a server that went away, as the workers do, and fail at once
 * where it was waited for in vain.
 */
export function waitForServers(
  sides: Readonly<Record<Side, OpenSide>>,
  servers: ServerWatch,
): Record<Side, OpenSide> {
  const patient = (side: Side): OpenSide => {
    const { engine, session, ...open } = sides[side];
    return {
      ...open,
      session: waitForServer(session, { side, servers, engine }),
      engine: {
        ...engine,
        open: async (settings, stop, log) => {
          const gone = await servers.untilUp([side]);
          if (gone !== null) throw gone;
          return engine.open(settings, stop, log);
        },
      },
    };
  };
  return { source: patient('source'), target: patient('target') };
}

interface Waiting extends Pick<OpenSide, 'engine'> {
  readonly side: Side;
  readonly servers: ServerWatch;
}

/** Rows that were handed over must not be handed over twice: then whoever reads them tries again, or does without. */
function waitForServer(session: Session, { side, servers, engine }: Waiting): Session {
  const isAway = (error: unknown): boolean => {
    if (error instanceof RowproofError) return error.code === 'connection-lost';
    const { code, transient } = engine.classifyError(error);
    return transient && (code === 'connect' || code === 'connection-lost');
  };
  const patiently = async <Result>(
    work: () => Promise<Result>,
    mayRepeat: () => boolean = () => true,
  ): Promise<Result> => {
    for (let outages = 0; ; outages++) {
      const gone = await servers.untilUp([side]);
      if (gone !== null) throw gone;
      try {
        return await work();
      } catch (error) {
        if (outages === MOST_OUTAGES || !isAway(error) || !mayRepeat()) throw error;
        const state = await servers.lookFor({ side, isFull: false });
        if (state === 'answers' || state === 'stopped') throw error;
      }
    }
  };
  return wrapSession(() => session, {
    ask: (kind, about) => patiently(() => session.ask(kind, about)),
    readRows: (selection, onSpan) => {
      let isBegun = false;
      const onFirst: typeof onSpan = (buffer, start, end, rows) => {
        isBegun = true;
        return onSpan(buffer, start, end, rows);
      };
      return patiently(
        () => session.readRows(selection, onFirst),
        () => !isBegun,
      );
    },
  });
}
