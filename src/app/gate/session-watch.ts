import { setTimeout as delay } from 'node:timers/promises';
import type { Fact } from '../../core/gate/fact.js';
import { mergeSessions, type SessionFacts } from '../../core/gate/session-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { OpenSide } from '../open-side.js';
import { ownSessionsOn } from './own-sessions.js';

const EVERY_MS = 1000;

type Sample = Fact<readonly SessionFacts[]>;

/** Looks at who is on both servers, every second while rows are read: a job that writes for a moment is seen. */
export class SessionWatch {
  readonly #sides: Readonly<Record<Side, OpenSide>>;
  readonly #stop = new AbortController();
  readonly #samples: Record<Side, Sample[]> = { source: [], target: [] };
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
    return last.known ? mergeSessions([...withoutOwn(this.#samples[side], last.value), last]) : last;
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
    if (sample?.known === true) this.#samples[side].push(sample);
  }
}

/**
 * The sessions that read the rows came with the pass and went with it, and have the account and the place of the gate's own: they
 * are not others, unless one of them wrote.
 */
function withoutOwn(samples: readonly Sample[], last: readonly SessionFacts[]): Sample[] {
  const [first] = samples;
  const lasting = new Set([...last, ...(first?.known === true ? first.value : [])].map(({ id }) => id));
  const own = last.find(({ isOwn }) => isOwn);
  const isOfPass = ({ id, user, from, isWriting }: SessionFacts): boolean =>
    !lasting.has(id) && !isWriting && user === own?.user && from === own.from;
  return samples.map((sample) =>
    sample.known ? { known: true, value: sample.value.filter((session) => !isOfPass(session)) } : sample,
  );
}
