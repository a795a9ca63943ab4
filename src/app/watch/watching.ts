import type { RunConfig } from '../../config/run-config.js';
import { VERSION } from '../../config/version.js';
import { WATCH_FORMAT, type WatchState } from '../../core/watch.js';
import type { WatchTerm } from '../../state/watch/watch-folder.js';
import {
  inheritMemory,
  replaceFile,
  sweepFile,
  type WatchMemory,
  writeMemory,
} from '../../state/watch/watch-memory.js';
import { describeAsked } from '../asked-run.js';
import { beatMs } from './await-term.js';
import { latestOf, type WatchRules, whyNotReady } from './watch-rules.js';

/** Anybody may read it: it holds no rows. */
const STATE_MODE = 0o644;

interface WatchingRequest {
  readonly term: WatchTerm;
  readonly config: RunConfig;
  readonly rules: WatchRules;
  readonly onWarning: (sentence: string) => void;
}

/** A process that holds a watch: what it knows, and its signs of life. */
export class Watching {
  readonly term: WatchTerm;
  readonly #rules: WatchRules;
  readonly #sides: Pick<WatchState, 'source' | 'target'>;
  readonly #onWarning: (sentence: string) => void;
  readonly #replaced = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #memory: WatchMemory;
  #doing: WatchState['doing'] = 'waiting';
  #failure: WatchState['failure'] = null;
  #isStateLost = false;

  constructor({ term, config, rules, onWarning }: WatchingRequest) {
    this.term = term;
    this.#rules = rules;
    const { source, target } = describeAsked(config);
    this.#sides = { source, target };
    this.#onWarning = onWarning;
    this.#memory = inheritMemory(term);
    if (rules.statePath !== null) sweepFile(rules.statePath);
    this.#writeState();
    this.#timer = setInterval(() => this.#live(), beatMs(rules.takeOverAfterMs));
  }

  /** Is aborted once another process has taken over. */
  get replaced(): AbortSignal {
    return this.#replaced.signal;
  }

  get memory(): WatchMemory {
    return this.#memory;
  }

  /** Whether nobody took over; to be asked before anything is told or written that only one may say. */
  get isHeld(): boolean {
    if (!this.#replaced.signal.aborted && !this.term.isHeld) this.#replaced.abort();
    return !this.#replaced.signal.aborted;
  }

  /** Why it is not time to switch yet; null where it is. */
  get notReady(): string | null {
    return whyNotReady(this.#memory, this.#rules);
  }

  /** Keeps what was learned. */
  remember(news: Partial<WatchMemory>): void {
    this.#memory = { ...this.#memory, ...news };
    if (!this.isHeld) return;
    writeMemory(this.term.folder, this.#memory);
    this.#writeState();
  }

  /** Says what it does now; `failure` is why what it did came to no end. */
  turnTo(doing: WatchState['doing'], failure?: string | null): void {
    this.#doing = doing;
    if (failure !== undefined)
      this.#failure = failure === null ? null : { at: new Date().toISOString(), message: failure };
    this.#writeState();
  }

  /** Ends it, and leaves the watch to whoever wants it. */
  close(): void {
    clearInterval(this.#timer);
    const { isHeld } = this;
    if (isHeld) this.turnTo('ended');
    this.term.release();
    if (isHeld && this.#memory.passes === 0) this.term.removeIfEmpty();
  }

  #live(): void {
    if (!this.isHeld) return;
    this.term.beat();
    this.#writeState();
  }

  #writeState(): void {
    const { statePath } = this.#rules;
    if (statePath === null || !this.isHeld) return;
    try {
      replaceFile(statePath, `${JSON.stringify(this.#describe(), null, 2)}\n`, STATE_MODE);
      this.#isStateLost = false;
    } catch (cause) {
      if (this.#isStateLost) return;
      this.#isStateLost = true;
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#onWarning(`The file of --state ${statePath} cannot be written: ${reason}`);
    }
  }

  #describe(): WatchState {
    const { passes, lastPass, lastLook, since } = this.#memory;
    return {
      format: WATCH_FORMAT,
      rowproof: VERSION,
      ...this.#sides,
      updatedAt: new Date().toISOString(),
      holder: this.term.holder,
      doing: this.#doing,
      passes,
      verdict: lastPass?.verdict ?? null,
      since,
      lastPass,
      lastLook,
      lagMs: latestOf(this.#memory)?.lagMs ?? null,
      notReady: this.notReady,
      failure: this.#failure,
    };
  }
}
