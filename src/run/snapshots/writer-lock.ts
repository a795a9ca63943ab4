import type { Side } from '../../core/pairing.js';
import type { LockResult, LockScope } from '../../core/snapshot.js';
import type { ConnectionSettings } from '../../engines/connection-settings.js';
import type { Engine } from '../../engines/engine.js';
import type { Session } from '../../engines/session.js';
import type { SnapshotTables } from '../../engines/snapshots.js';
import { waitUnlessStopped } from '../back-off.js';

/** Nobody is kept from writing for longer than this, and the wait for the lock is a part of it. */
const LONGEST_MS = 2000;
/** How often it is tried while a statement takes long, and how long is waited in between. */
const MOST_TRIES = 5;
const BETWEEN_TRIES_MS = 500;

interface WriterLockParts {
  readonly side: Side;
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly scope: LockScope;
  readonly tables: SnapshotTables;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Keeps everybody from writing to one side for a moment, in which sessions begin to read as of the same instant. */
export class WriterLock {
  readonly #parts: WriterLockParts;
  #result: LockResult | null = null;

  constructor(parts: WriterLockParts) {
    this.#parts = parts;
  }

  /** What came of it; null where it was not needed. */
  get result(): LockResult | null {
    return this.#result;
  }

  /** Does work while nobody writes, and is told where the change stream stands. Null where that could not be, or not for long enough. */
  async during<Result>(work: (place: string | null) => Promise<Result>): Promise<Result | null> {
    const { scope, tables, signal, engine, settings } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const session = await engine.open(settings, signal);
      try {
        const { refusal, place } = await session.ask('lock-writers', { scope, tables });
        if (refusal === null) return await this.#workLocked(session, () => work(place));
        this.#result = { scope, heldMs: 0, heldUp: 0, refusal };
      } finally {
        await session.close();
      }
      if (attempt === MOST_TRIES) return null;
      await waitUnlessStopped(BETWEEN_TRIES_MS, signal);
      if (signal.aborted) return null;
    }
  }

  async #workLocked<Result>(session: Session, work: () => Promise<Result>): Promise<Result | null> {
    const { scope, now } = this.#parts;
    const sinceMs = now();
    let isLate = false;
    let unlocking: Promise<number> | null = null;
    const unlock = (): Promise<number> => {
      unlocking ??= session.ask('unlock-writers', null);
      return unlocking;
    };
    const timer = setTimeout(() => {
      isLate = true;
      // Whoever waits for the work is told that it came to nothing.
      unlock().catch(() => undefined);
    }, LONGEST_MS / 2);
    try {
      const result = await work();
      clearTimeout(timer);
      const heldUp = await unlock();
      const refusal = isLate ? 'workers took too long to begin' : null;
      this.#result = { scope, heldMs: Math.round(now() - sinceMs), heldUp, refusal };
      return isLate ? null : result;
    } finally {
      clearTimeout(timer);
    }
  }
}
