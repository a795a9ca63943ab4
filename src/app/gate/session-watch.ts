import { setTimeout as delay } from 'node:timers/promises';
import type { Fact } from '../../core/gate/fact.js';
import { mergeSessions, type SessionFacts } from '../../core/gate/session-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { OpenSide } from '../open-side.js';
import { ownSessionsOn } from './own-sessions.js';

const EVERY_MS = 1000;

/** A pool that opens a session for each request opens more than these in hours; of an account that is known, no more are kept. */
const MOST_SESSIONS = 10_000;

type Sample = Fact<readonly SessionFacts[]>;

/** Looks at who is on both servers, every second while rows are read: a job that writes for a moment is seen. */
export class SessionWatch {
  readonly #sides: Readonly<Record<Side, OpenSide>>;
  readonly #stop = new AbortController();
  readonly #seen: Readonly<Record<Side, SeenSessions>> = {
    source: new SeenSessions(),
    target: new SeenSessions(),
  };
  readonly #running: Promise<void>;

  constructor(sides: Readonly<Record<Side, OpenSide>>) {
    this.#sides = sides;
    this.#running = this.#run();
  }

  /** Ends it; resolves once no statement of it is on its way. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Everybody who was seen on a side, the last reading of it included. */
  merge(side: Side, last: Sample): Sample {
    if (!last.known) return last;
    return mergeSessions([{ known: true, value: this.#seen[side].withoutOwn(last.value) }, last]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await Promise.all(SIDES.map((side) => this.#look(side)));
      // The end of the watch ends the wait.
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(side: Side): Promise<void> {
    const { session, catalog } = this.#sides[side];
    const about = { schema: catalog.schema, ownSessionIds: ownSessionsOn(this.#sides, side) };
    // What fails is in the log; a moment that was not looked at says nothing, and the last reading has its own answer.
    const sample = await session.ask('gate-sessions', about).catch(() => null);
    if (sample?.known === true) this.#seen[side].add(sample.value);
  }
}

/** Who was seen on one server, each session once, however long it is looked at. */
export class SeenSessions {
  readonly #sessions = new Map<string, SessionFacts>();
  readonly #accounts = new Set<string>();
  /** Those of the first look, who were there before any row was read. */
  #first: ReadonlySet<string> | null = null;

  add(sample: readonly SessionFacts[]): void {
    this.#first ??= new Set(sample.map(({ id }) => id));
    for (const session of sample) {
      const before = this.#sessions.get(session.id);
      const isWriting = session.isWriting || before?.isWriting === true;
      const isFull = this.#sessions.size >= MOST_SESSIONS && before === undefined;
      if (isFull && !isWriting && this.#accounts.has(session.account)) continue;
      this.#accounts.add(session.account);
      this.#sessions.set(session.id, { ...session, isWriting });
    }
  }

  /**
   * The sessions that read the rows came with the pass and went with it, and have the account and the place of the gate's own: they
   * are not others, unless one of them wrote.
   */
  withoutOwn(last: readonly SessionFacts[]): readonly SessionFacts[] {
    const lasting = new Set(last.map(({ id }) => id));
    const own = last.find(({ isOwn }) => isOwn);
    return [...this.#sessions.values()].filter(
      ({ id, user, from, isWriting }) =>
        isWriting ||
        lasting.has(id) ||
        this.#first?.has(id) === true ||
        user !== own?.user ||
        from !== own.from,
    );
  }
}
