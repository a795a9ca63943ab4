/** Who hashes the rows of a chunk. */
export type Hasher = 'client' | 'server';

export interface ChoiceRules {
  /** Whether the servers are to be used whether they are faster or not. */
  readonly always: boolean;
  /** The optimizer's guess of the table's rows, or null. */
  readonly estimatedRows: number | null;
  /** How many chunks of the table may be under way at a time. */
  readonly lanes: number;
  readonly now: () => number;
}

/** The other way must be this much faster: rates of single chunks vary, and a change costs time. */
const CLEARLY_FASTER = 1.2;
/** What trying the slower way may cost of the time that goes by: one part in so many. */
const TRIAL_SHARE = 50;
const LEAST_GAP_MS = 2000;
/** A table that is done sooner than this is not worth a trial. */
const LEAST_TABLE_MS = 1000;

/**
 * Chooses, for one table, whether Rowproof reads the rows of the next chunk or the servers hash them. It begins by
 * reading, tries the servers on the next chunks, one for each lane, and keeps what gets more rows done in the same
 * time, network included. The slower way is tried again now and then, so rarely that it costs a few hundredths.
 */
export class ChecksumChoice {
  readonly #rules: ChoiceRules;
  #current: Hasher;
  #isBarred = false;
  /** Rows a millisecond, of a lane. */
  readonly #rates: Record<Hasher, number | null> = { client: null, server: null };
  /** First chunks in which sessions are opened and caches filled: they say nothing. */
  #unmeasured: number;
  #trialsToStart = 0;
  #trialsToEnd = 0;
  #trialCostMs = 0;
  #nextTrialAtMs = 0;
  /** Time that went into checksums which proved nothing, since the last that did. */
  #wastedMs = 0;

  constructor(rules: ChoiceRules) {
    this.#rules = rules;
    this.#current = rules.always ? 'server' : 'client';
    this.#unmeasured = rules.lanes;
  }

  /** Says who hashes the next chunk, which is then begun at once. */
  next(): Hasher {
    if (this.#isBarred) return 'client';
    if (this.#rules.always) return 'server';
    if (this.#trialsToStart === 0 && this.#trialsToEnd === 0 && this.#isTrialDue()) {
      this.#trialsToStart = this.#rules.lanes;
      this.#trialCostMs = 0;
      this.#rates[other(this.#current)] = null;
    }
    if (this.#trialsToStart === 0) return this.#current;
    this.#trialsToStart--;
    this.#trialsToEnd++;
    return other(this.#current);
  }

  /** Takes in how long a chunk took that was compared; for the servers, with what they had tried in vain before. */
  note(hasher: Hasher, { rows, elapsedMs }: { rows: number; elapsedMs: number }): void {
    const ms = Math.max(elapsedMs, 0.1) + (hasher === 'server' ? this.#wastedMs : 0);
    if (hasher === 'server') this.#wastedMs = 0;
    if (hasher === this.#current && this.#unmeasured > 0) {
      this.#unmeasured--;
      return;
    }
    const [rate, before] = [Math.max(rows, 1) / ms, this.#rates[hasher]];
    this.#rates[hasher] = before === null ? rate : (before + rate) / 2;
    if (hasher !== this.#current && this.#trialsToEnd > 0) this.#endTrial(rows, ms);
  }

  /** Takes in the time of checksums that proved nothing. */
  noteWaste(elapsedMs: number): void {
    this.#wastedMs += elapsedMs;
  }

  /** Leaves the rest of the table to Rowproof: a server cannot do what it is asked. */
  bar(): void {
    this.#isBarred = true;
  }

  #isTrialDue(): boolean {
    const rate = this.#rates[this.#current];
    if (rate === null || this.#rules.now() < this.#nextTrialAtMs) return false;
    const { estimatedRows } = this.#rules;
    return estimatedRows === null || estimatedRows / rate / this.#rules.lanes >= LEAST_TABLE_MS;
  }

  #endTrial(rows: number, ms: number): void {
    const rate = this.#rates[this.#current];
    const otherRate = this.#rates[other(this.#current)];
    this.#trialCostMs += Math.max(0, ms - rows / (rate ?? 1));
    this.#trialsToEnd--;
    if (this.#trialsToEnd > 0 || this.#trialsToStart > 0) return;
    if (rate !== null && otherRate !== null && otherRate > rate * CLEARLY_FASTER)
      this.#current = other(this.#current);
    const gapMs = Math.max(LEAST_GAP_MS, (this.#trialCostMs / this.#rules.lanes) * TRIAL_SHARE);
    this.#nextTrialAtMs = this.#rules.now() + gapMs;
  }
}

function other(hasher: Hasher): Hasher {
  return hasher === 'client' ? 'server' : 'client';
}
