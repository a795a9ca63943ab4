import { SIDES, type Side } from '../core/pairing.js';
import type { Session, SessionActivity } from '../engines/session.js';

const LOOK_EVERY_MS = 500;
/** Fewer looks say nothing; a run that is over before has no need of advice. */
const LEAST_LOOKS = 6;
/** The share of looks in which servers must have had nothing to do. */
const MOSTLY = 0.7;
/** Above this share of the processors that workers could keep busy, Rowproof may be what the servers wait for. */
const MOST_BUSY = 0.5;

export interface WatchedRun {
  /** Sessions that are asked what those of the workers do. */
  readonly sides: Readonly<Record<Side, { readonly session: Session }>>;
  /** The servers' numbers of the sessions that read at the time. */
  workerSessions(side: Side): readonly string[];
  /** How many processors the run could keep busy. */
  readonly processors: number;
  readonly now: () => number;
  /** Processor time that the process took until now, or would have taken if others had not. */
  readonly processorMs: () => number;
}

/** What was seen of a link that rows came over. */
export interface LinkLooks {
  readonly looks: number;
  /** Those in which neither server was at work on the rows that were to come. */
  readonly waiting: number;
}

/**
 * Looks now and then at what the servers do while rows are read. Where both have sent all that was asked of them, or wait until
 * it is taken, and the client has little to do, rows are on their way: much of a chunk fits into the buffers between them.
 */
export class LinkWatch {
  readonly #run: WatchedRun;
  readonly #startedMs: number;
  readonly #processorMs: number;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #waiting = 0;
  #isLooking = false;

  constructor(run: WatchedRun) {
    this.#run = run;
    this.#startedMs = run.now();
    this.#processorMs = run.processorMs();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  /**
   * Ends the looks, and says what they saw if the link was the limit; null where it was not, or where nobody knows. It waits for
   * no look that is under way, for the run may have been stopped because a server no longer answers.
   */
  stop(): LinkLooks | null {
    clearInterval(this.#timer);
    const { now, processorMs, processors } = this.#run;
    const busyMs = processorMs() - this.#processorMs;
    const isIdle = busyMs < (now() - this.#startedMs) * processors * MOST_BUSY;
    const isLimit = this.#looks >= LEAST_LOOKS && this.#waiting >= this.#looks * MOSTLY;
    return isIdle && isLimit ? { looks: this.#looks, waiting: this.#waiting } : null;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const found = await Promise.all(SIDES.map((side) => this.#ask(side)));
    this.#isLooking = false;
    if (found.includes(null)) return;
    this.#looks++;
    if (found.every((activity) => activity === 'idle' || activity === 'sending')) this.#waiting++;
  }

  /** Null where no task is under way on a side. */
  async #ask(side: Side): Promise<SessionActivity | null> {
    const [sessionId] = this.#run.workerSessions(side);
    if (sessionId === undefined) return null;
    try {
      return await this.#run.sides[side].session.ask('activity', sessionId);
    } catch {
      // A look that fails says nothing for the link; what is wrong will show where rows are read.
      return 'working';
    }
  }
}
