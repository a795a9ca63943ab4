import { hasLimits } from '../core/load-limits.js';
import type { Side } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import { wrapSession } from '../engines/wrap-session.js';
import type { LoadControl } from './load-control.js';
import { TameRead } from './tame-read.js';

/** How often a session that may not begin looks whether it may now. */
const PAUSE_POLL_MS = 100;

/** What a session is for, which decides where it stops while the run is paused. */
export type SessionUse =
  /** Chunks: no statement begins. */
  | 'chunks'
  /** Whole tables: a read also stops in its middle. */
  | 'stream'
  /** Planning and counting: no statement begins, control statements included. */
  | 'planning';

interface Taming {
  readonly side: Side;
  readonly use: SessionUse;
  readonly load: LoadControl;
}

/**
 * Makes a session read no faster than the run may, and not at all while the run is paused. Where nothing limits the run
 * it is the session itself, so that limits cost nothing to those who have none.
 */
export function tameSession(session: Session, { side, use, load }: Taming): Session {
  if (!hasLimits(load.cells.limits)) return session;
  return wrapSession(() => session, {
    ask: async (kind, about) => {
      if (use === 'planning') await waitWhilePaused(load);
      return session.ask(kind, about);
    },
    readRows: async (selection, onSpan) => {
      load.clock.beginRead();
      try {
        await waitWhilePaused(load);
        const read = new TameRead({ session, side, load, stopsWhilePaused: use === 'stream' });
        try {
          await session.readRows(selection, read.listen(onSpan));
        } finally {
          read.end();
        }
        await waitFor(load, () => load.cells.waitMs(read.dueNs));
      } finally {
        load.clock.endRead();
      }
    },
  });
}

function waitWhilePaused(load: LoadControl): Promise<void> {
  return waitFor(load, () => (load.cells.isPaused ? PAUSE_POLL_MS : 0));
}

async function waitFor(load: LoadControl, leftMs: () => number): Promise<void> {
  load.clock.beginWait();
  try {
    for (let ms = leftMs(); ms > 0; ms = leftMs()) await load.sleep(ms);
  } finally {
    load.clock.endWait();
  }
}
