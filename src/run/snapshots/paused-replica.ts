import { setTimeout as delay } from 'node:timers/promises';
import { RowproofError } from '../../core/errors.js';
import type { Side } from '../../core/pairing.js';
import type { PauseResult } from '../../core/snapshot.js';
import type { ApplierPlan } from '../../engines/applier.js';
import type { ConnectionSettings } from '../../engines/connection-settings.js';
import type { Engine } from '../../engines/engine.js';
import type { Session } from '../../engines/session.js';

/** How often is asked whether the replica has come to the place. */
const POLL_MS = 100;

/** Who keeps what must be known where this process ends before the replica applies again. */
export interface PauseNotes {
  /** That it will be stopped, and by which statement it is started again; resolves once nothing can make that forgotten. */
  paused(start: string): void;
  started(): void;
}

export interface PausedReplicaRequest {
  readonly sides: Readonly<
    Record<
      Side,
      { readonly engine: Engine; readonly settings: ConnectionSettings; readonly session: Session }
    >
  >;
  /** How long the replica may apply nothing. */
  readonly longestMs: number;
  readonly notes: PauseNotes;
  /** Tells the user. */
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/**
 * The target, a replica, which is told to apply nothing while a snapshot of the source is taken, and then what the source had
 * written by that instant and no more: then a snapshot of it is of the same instant. Who stops it starts it, whatever happens.
 */
export class PausedReplica {
  readonly #request: PausedReplicaRequest;
  #session: Session | null = null;
  #plan: ApplierPlan | null = null;
  #stoppedMs: number | null = null;
  #pausedMs = 0;
  #asOf: string | null = null;
  #failure: string | null = null;

  constructor(request: PausedReplicaRequest) {
    this.#request = request;
  }

  /** What came of it. */
  get result(): PauseResult {
    return { pausedMs: Math.round(this.#pausedMs), asOf: this.#asOf, failure: this.#failure };
  }

  /** Throws where it cannot be done, before anything is stopped. */
  async stop(): Promise<void> {
    const { sides, notes, say, now, signal } = this.#request;
    const { engine, settings } = sides.target;
    if (engine.can.applier !== true || engine.family !== sides.source.engine.family)
      throw refused('no replica of this engine can be told at which place of this source to stop');
    const source = await sides.source.session.ask('replication', { side: 'source', tables: [] });
    const session = await engine.open(settings, signal);
    this.#session = session;
    const plan = await session.ask('applier-plan', source);
    if (plan.obstacle !== null) throw refused(plan.obstacle);
    this.#plan = plan;
    say(
      `The target is told to apply nothing for a moment. Should nothing start it again, do so: ${plan.start};`,
    );
    notes.paused(plan.start);
    this.#stoppedMs = now();
    await session.ask('order-applier', { kind: 'stop' }).catch((error: unknown) => {
      // Where its answer was lost it may have stopped all the same.
      if (session.broken) throw error;
      this.#stoppedMs = null;
      notes.started();
      throw refused(engine.classifyError(error).message.replace(/\.$/, ''));
    });
  }

  /** Has it apply what the source had written by a place; whether it stands there then is in the result. */
  async advanceTo(place: string | null): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    if (place === null) {
      this.#failure = 'the source does not say of which place its snapshot is';
      return;
    }
    try {
      await session.ask('order-applier', { kind: 'start-until', place });
      await this.#awaitPlace(session, place);
    } catch (error) {
      this.#failure = this.#request.sides.target.engine.classifyError(error).message;
    }
  }

  async #awaitPlace(session: Session, place: string): Promise<void> {
    const { now, longestMs, signal } = this.#request;
    const endMs = (this.#stoppedMs ?? now()) + longestMs;
    while (!signal.aborted) {
      const state = await session.ask('applier-state', null);
      if (!state.isApplying) {
        if (state.place === place) this.#asOf = place;
        else
          this.#failure =
            state.error ?? `it stands at ${state.place}, and the snapshot of the source at ${place}`;
        return;
      }
      if (now() >= endMs) {
        this.#failure = `it did not come to ${place} in time`;
        return;
      }
      await delay(POLL_MS);
    }
  }

  /** Has it go on; tried on another connection where its own is lost. Nothing happens where it was not stopped. */
  async start(): Promise<void> {
    const plan = this.#plan;
    const stoppedMs = this.#stoppedMs;
    if (plan !== null && stoppedMs !== null) {
      const { notes, now, say } = this.#request;
      try {
        await this.#startAgain();
        this.#pausedMs = now() - stoppedMs;
        this.#stoppedMs = null;
        notes.started();
        say(`The target applies again, after ${Math.round(this.#pausedMs)} ms.`);
      } catch (error) {
        // Whatever else ends the run, this must be read.
        say(`The target could not be told to go on. Start it yourself: ${plan.start};`);
        throw notStarted(plan.start, error);
      }
    }
    await this.close();
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.close();
  }

  /** Whether both sides stand at one place is decided by then: whoever stopped the run must not be waited for here. */
  async #startAgain(): Promise<void> {
    const { engine, settings } = this.#request.sides.target;
    try {
      await this.#session?.ask('order-applier', { kind: 'start' });
    } catch {
      // Asked once more on a connection of its own, which says what is wrong.
      const session = await engine.open(settings);
      try {
        await session.ask('order-applier', { kind: 'start' });
      } finally {
        await session.close();
      }
    }
  }
}

function refused(why: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `The target cannot be paused for --pause-replica: ${why}.`,
    hint: 'Leave --pause-replica out: without it each side is read as of an instant of its own.',
  });
}

function notStarted(start: string, cause: unknown): RowproofError {
  return new RowproofError({
    code: 'connect',
    message: `The target was told to apply nothing, and could not be told to go on: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: `Start it yourself: ${start}; rowproof resume does it too.`,
    cause,
  });
}
