import { serializeError } from '../core/errors.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import type { SnapshotStart } from '../engines/snapshots.js';
import { HeldSession } from './held-session.js';
import type { SessionCache, Sessions } from './session-cache.js';
import type { SnapshotAnswer, SnapshotOrder } from './snapshot-orders.js';

type Stream = Awaited<ReturnType<Sessions['openStream']>>;

/** How often is looked whether a snapshot is to end, while nobody asks for it. */
const LOOK_EVERY_MS = 200;

/**
 * The sessions of a worker that reads each side as of one instant. Where a snapshot was ended, or lost, the rest is read
 * without, and whoever wants to know it is told.
 */
export class SnapshotSessions implements Sessions {
  readonly #live: SessionCache;
  readonly #onUnheld: (side: Side) => void;
  readonly #held = new Map<Side, HeldSession>();
  /** Sessions for one statement each that have taken a snapshot over. */
  readonly #streams = new Map<Stream, Side>();
  #longestMs = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(live: SessionCache, onUnheld: (side: Side) => void) {
    this.#live = live;
    this.#onUnheld = onUnheld;
  }

  get load() {
    return this.#live.load;
  }

  get log() {
    return this.#live.log;
  }

  get passwords(): readonly string[] {
    return this.#live.passwords;
  }

  engine(side: Side): ReturnType<Sessions['engine']> {
    return this.#live.engine(side);
  }

  startDeadline(side: Side): () => void {
    return this.#live.startDeadline(side, () => this.drop(side));
  }

  /** Does what it is told; what fails is the answer. */
  async follow(order: Exclude<SnapshotOrder, { readonly kind: 'go' }>): Promise<SnapshotAnswer> {
    try {
      if (order.kind === 'let-go') {
        await this.close();
        return { kind: 'let-go' };
      }
      const { side } = order;
      if (order.kind === 'begin') return await this.#begin(side, order.start);
      const place = (await this.#held.get(side)?.reader.ask('snapshot-place', null)) ?? null;
      return { kind: 'place', place };
    } catch (error) {
      return { kind: 'failed', error: serializeError(error) };
    }
  }

  async session(side: Side): Promise<Session> {
    const held = await this.#findHeld(side);
    return held === null ? this.#openLive(side) : held.reader;
  }

  /** A snapshot that no other session can take over is read by its own, also where that takes long. */
  async openStream(side: Side): ReturnType<Sessions['openStream']> {
    const held = await this.#findHeld(side);
    if (held === null) this.#onUnheld(side);
    if (held === null) return this.#live.openStream(side);
    if (held.from === null) return { session: held.reader, close: async () => undefined };
    const stream = await this.#live.openStream(side);
    try {
      await stream.session.ask('begin-snapshot', { from: held.from, longestMs: this.#longestMs });
      this.#streams.set(stream, side);
      return {
        session: stream.session,
        close: () => {
          this.#streams.delete(stream);
          return stream.close();
        },
      };
    } catch (error) {
      await stream.close();
      if (!this.#isGone(side, error)) throw error;
      await this.#release(side);
      return this.openStream(side);
    }
  }

  /** Ends what is under way on a side. Snapshots stay, as far as they can. */
  async drop(side: Side): Promise<void> {
    const held = this.#held.get(side);
    await Promise.all([
      this.#live.drop(side),
      held?.from === null || held === undefined ? held?.interrupt() : held.close(),
    ]);
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    await Promise.all(SIDES.map((side) => this.#release(side)));
  }

  async #begin(side: Side, start: SnapshotStart): Promise<SnapshotAnswer> {
    this.#longestMs = start.longestMs;
    const known = this.#held.get(side);
    if (known === undefined || known.isBroken) await this.#open(side, start);
    else await known.reader.ask('begin-snapshot', start);
    this.#looking ??= setInterval(() => void this.#endWhereTold(), LOOK_EVERY_MS).unref();
    const { serverSessionId, cancelKey } = (this.#held.get(side) as HeldSession).reader;
    return { kind: 'begun', handle: { serverSessionId, cancelKey } };
  }

  async #open(side: Side, start: SnapshotStart): Promise<HeldSession> {
    const session = await this.#live.openHeld(side);
    try {
      await session.ask('begin-snapshot', start);
    } catch (error) {
      await session.close();
      throw error;
    }
    const held = new HeldSession({
      side,
      session,
      from: start.from,
      cancel: () => this.#live.cancel(side, session),
      isOutdated: (error) => this.engine(side).classifyError(error).isOutdated === true,
      openLive: () => this.#openLive(side),
    });
    this.#held.set(side, held);
    return held;
  }

  /** The session that holds the snapshot of a side, opened again where that can be; null where it is ended or lost. */
  async #findHeld(side: Side): Promise<HeldSession | null> {
    const held = this.#held.get(side);
    if (held === undefined) return null;
    if (!this.load.cells.isSnapshotEnded(side)) {
      if (!held.isBroken) return held;
      const again = await this.#takeAgain(side, held);
      if (again !== null) return again;
      this.log.warn('snapshot:lost', () => ({ side }));
    }
    await this.#release(side);
    return null;
  }

  /** Null where nobody holds the snapshot any more. */
  async #takeAgain(side: Side, { from }: HeldSession): Promise<HeldSession | null> {
    if (from === null) return null;
    try {
      return await this.#open(side, { from, longestMs: this.#longestMs });
    } catch (error) {
      if (this.#isGone(side, error)) return null;
      throw error;
    }
  }

  /** Whether a server refuses a snapshot for good, and is not only away. */
  #isGone(side: Side, error: unknown): boolean {
    return !this.engine(side).classifyError(error).transient;
  }

  #openLive(side: Side): Promise<Session> {
    this.#onUnheld(side);
    return this.#live.session(side);
  }

  async #endWhereTold(): Promise<void> {
    const { cells } = this.load;
    const ended = SIDES.filter((side) => cells.isSnapshotEnded(side));
    await Promise.all(ended.map((side) => this.#release(side)));
    if (ended.length === SIDES.length) clearInterval(this.#looking);
  }

  async #release(side: Side): Promise<void> {
    const held = this.#held.get(side);
    this.#held.delete(side);
    const streams = [...this.#streams.keys()].filter((stream) => this.#streams.get(stream) === side);
    await Promise.all([held?.close(), ...streams.map((stream) => this.#cutOff(side, stream))]);
  }

  /** What fails is in the log; the server notices the lost connection later. */
  async #cutOff(side: Side, { session, close }: Stream): Promise<void> {
    await this.#live.cancel(side, session).catch(() => undefined);
    await close();
  }
}
