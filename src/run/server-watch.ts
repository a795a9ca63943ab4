import type { LostConnection } from '../core/chunk.js';
import { RowproofError } from '../core/errors.js';
import type { EmitEvent, RunEvent } from '../core/event.js';
import type { Finding } from '../core/finding.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import { formatDuration } from '../words/number-text.js';
import { waitUnlessStopped, withJitter } from './back-off.js';

export interface WatchedServers {
  readonly sides: Readonly<Record<Side, { readonly engine: Engine; readonly settings: ConnectionSettings }>>;
  /** How long a server is waited for; never less than a retry waits. */
  readonly waitMs: number;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
}

/** What came of looking for the server behind a lost connection. */
export type ServerState =
  /** It lets the run in, so that only that connection was lost. */
  | 'answers'
  /** It was down, and lets the run in again. */
  | 'returned'
  /** It was waited for in vain, and nobody waits for it again. */
  | 'gone'
  | 'stopped';

/** Why a server does not let the run in; `isFull` where others have all of its connections. */
interface Refusal {
  readonly reason: string;
  readonly hint: string;
  readonly isFull: boolean;
}

/** The wait for a server is no shorter than this, in which any other error is tried again. */
const LEAST_WAIT_MS = 5000;
const FIRST_PROBE_MS = 250;
const LONGEST_PROBE_MS = 5000;

/**
 * What a run knows of its servers being there. Whoever loses a connection asks here: one of them looks, and all others stand
 * still until the server is back or was waited for in vain, so that an outage costs a run its length once and no table more.
 */
export class ServerWatch {
  readonly #watched: WatchedServers;
  readonly #looks = new Map<Side, Promise<ServerState>>();
  readonly #gone = new Map<Side, RowproofError>();

  constructor(watched: WatchedServers) {
    this.#watched = watched;
  }

  /** Tells who listens that a side has sent nothing for so long, although it was asked something. */
  readonly tellSilence = (side: Side, silentMs: number): void =>
    tell(this.#watched.emit, { type: 'server:silent', side, silentMs: Math.round(silentMs) });

  /** The error that says that a server was waited for in vain; null while there is none. */
  errorOf(side: Side): RowproofError | null {
    return this.#gone.get(side) ?? null;
  }

  /** Stands still while a server is away. Returns the error of one that was waited for in vain, else null. */
  async untilUp(sides: readonly Side[] = SIDES): Promise<RowproofError | null> {
    await Promise.all(sides.map((side) => this.#looks.get(side)));
    for (const side of sides) {
      const gone = this.#gone.get(side);
      if (gone !== undefined) return gone;
    }
    return null;
  }

  /** Looks whether the server behind a lost connection is there, and waits for it where it is not. */
  lookFor(lost: LostConnection): Promise<ServerState> {
    const known = this.#looks.get(lost.side);
    if (known !== undefined) return known;
    const look = this.#gone.has(lost.side) ? Promise.resolve<ServerState>('gone') : this.#look(lost);
    this.#looks.set(lost.side, look);
    const forget = (): void => void this.#looks.delete(lost.side);
    look.then(forget, forget);
    return look;
  }

  /** What the report must say of servers that did not come back. */
  findings(): readonly Finding[] {
    return [...this.#gone.values()].map(({ message, hint }) => ({
      code: 'server-gone',
      message: `The run was cut short: ${message} What was not compared until then is unverified.`,
      hint,
    }));
  }

  async #look({ side, isFull }: LostConnection): Promise<ServerState> {
    const { waitMs, emit, signal, now, random } = this.#watched;
    const startedMs = now();
    const longestMs = Math.max(waitMs, LEAST_WAIT_MS);
    let refusal = await this.#probe(side, isFull);
    if (refusal === null) return 'answers';
    tell(emit, { type: 'server:down', side, reason: refusal.reason, waitMs: longestMs });
    let delayMs = FIRST_PROBE_MS;
    while (!signal.aborted) {
      const leftMs = longestMs - (now() - startedMs);
      if (leftMs <= 0) return this.#giveUp(side, { refusal, downMs: now() - startedMs });
      await waitUnlessStopped(Math.min(leftMs, withJitter(delayMs, random)), signal);
      if (signal.aborted) break;
      delayMs = Math.min(LONGEST_PROBE_MS, delayMs * 2);
      const still = await this.#probe(side, isFull);
      if (still === null) {
        tell(emit, { type: 'server:up', side, downMs: Math.round(now() - startedMs) });
        return 'returned';
      }
      refusal = still;
    }
    return 'stopped';
  }

  /** Null where the server lets the run in, or where what it says will be said again by what is tried next. */
  async #probe(side: Side, countsFull: boolean): Promise<Refusal | null> {
    const { sides, signal } = this.#watched;
    const { engine, settings } = sides[side];
    try {
      const session = await engine.open(settings, signal);
      await session.close();
      return null;
    } catch (error) {
      if (error instanceof RowproofError && error.code !== 'connection-lost') return null;
      const { code, transient, message, hint, isFull = false } = engine.classifyError(error);
      const isAway = transient && (code === 'connect' || code === 'connection-lost');
      return isAway && (countsFull || !isFull) ? { reason: withoutStop(message), hint, isFull } : null;
    }
  }

  #giveUp(side: Side, { refusal, downMs }: { refusal: Refusal; downMs: number }): ServerState {
    const waited = formatDuration(downMs);
    const what = refusal.isFull
      ? `the ${side} let no worker in for ${waited}`
      : `the ${side} could not be reached for ${waited}`;
    const hint = refusal.isFull
      ? `${refusal.hint} Then go on with rowproof resume.`
      : 'Go on with rowproof resume once the server is back; --wait-for-server says how long to wait for it.';
    this.#gone.set(
      side,
      new RowproofError({ code: 'connect', message: `${what}: ${refusal.reason}.`, hint }),
    );
    tell(this.#watched.emit, { type: 'server:gone', side, downMs: Math.round(downMs) });
    return 'gone';
  }
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

/** A listener that fails ends the run where its next event is waited for. */
function tell(emit: EmitEvent, event: RunEvent): void {
  void emit(event).catch(() => undefined);
}
