import type { Hasher } from '../state/table-record.js';

export interface ChoiceRules {
  /** Whether the servers are to be used whether they are faster or not. */
  readonly always: boolean;
  /** The optimizer's guess of the table's rows, or null. */
  readonly estimatedRows: number | null;
  /** How many chunks of the table may be under way at a time. */
  readonly lanes: number;
  readonly now: () => number;
}

/** What the segments of a table share of the servers' checksums. */
export interface TableChecksums {
  readonly choice: ChecksumChoice;
  /** How many rows the next range has; null before the first. */
  capRows: number | null;
  /** Whether the last range had damage: then the next most likely has too. */
  isDamaged: boolean;
}

/** The other way must be this much faster: rates of single chunks vary, and a change costs time. */
const CLEARLY_FASTER = 1.2;
/** By so much the chunk of one lane decides, without those of the others. */
const BEYOND_DOUBT = 2;
/** What trying the slower way may cost of the time that goes by: one part in so many. */
const TRIAL_SHARE = 50;
/** So soon a trial that cost nothing and changed nothing may be repeated, with more rows than it had. */
const LEAST_GAP_MS = 300;
/** A table that is done sooner than this is not worth a trial. */
const LEAST_TABLE_MS = 1000;
/** Nor is one of so few rows, even on a slow link: not even small chunks to measure with. */
export const LEAST_TABLE_ROWS = 20_000;

/** Rows of a chunk that only opens sessions and fills caches. */
const WARM_UP_ROWS = 1000;
/** How long a chunk that measures a link may take, as far as can be told. */
const PROBE_MS = 50;
/** How long reading is measured before it is compared with anything. */
const LEAST_MEASURED_MS = 40;
const LEAST_TRIAL_ROWS = 2000;
const MOST_TRIAL_ROWS = 20_000;

/**
 * Chooses, for one table, whether Rowproof reads the rows of the next chunk or the servers hash them. It begins by
 * reading a few rows, tries the servers on the next chunks, one for each lane, and keeps what gets more rows done in the
 * same time, network included. The slower way is tried again now and then, so rarely that it costs a few hundredths.
 *
 * The first chunks are small, because on a slow link a usual one takes longer than the whole table on the servers.
 */
export class ChecksumChoice {
  readonly #rules: ChoiceRules;
  /** Whether the table may be large enough for the servers to be worth a trial. */
  readonly #isOpen: boolean;
  #current: Hasher;
  #isBarred = false;
  /** Rows a millisecond, of a lane. */
  readonly #rates: Record<Hasher, number | null> = { client: null, server: null };
  /** First chunks in which sessions are opened and caches filled: they say nothing but how slow rows are at most. */
  #unmeasured: number;
  /** The last that is known of how fast rows are read. */
  #readingRate: number | null = null;
  #measuredMs = 0;
  /** Whether a first trial of the servers has come to an end. */
  #isTried = false;
  #trialsToStart = 0;
  #trialsToEnd = 0;
  #trialCostMs = 0;
  #nextTrialAtMs = 0;

  constructor(rules: ChoiceRules) {
    this.#rules = rules;
    this.#current = rules.always ? 'server' : 'client';
    this.#isOpen = !rules.always && (rules.estimatedRows ?? LEAST_TABLE_ROWS) >= LEAST_TABLE_ROWS;
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

  /** How many rows to read in a chunk that may have `capRows`: few until the servers were tried, and in a trial of reading. */
  limitRows(capRows: number): number {
    const isSmall = this.#current === 'server' || !this.#isTried;
    if (!this.#isOpen || this.#isBarred || !isSmall || !this.#isWorthATrial()) return capRows;
    const rows = Math.floor((this.#readingRate ?? 0) * PROBE_MS);
    return Math.min(capRows, Math.max(WARM_UP_ROWS, rows));
  }

  /** How many rows to try the servers with first; null where that is not open. */
  get trialRows(): number | null {
    const { client } = this.#rates;
    if (client === null || this.#rules.always) return null;
    return Math.max(LEAST_TRIAL_ROWS, Math.min(MOST_TRIAL_ROWS, Math.floor(client * PROBE_MS)));
  }

  /** Takes in how long a chunk took that was compared; for the servers, with all that was read because they differed. */
  note(hasher: Hasher, { rows, elapsedMs }: { rows: number; elapsedMs: number }): void {
    const ms = Math.max(elapsedMs, 0.1);
    const rate = Math.max(rows, 1) / ms;
    if (hasher === this.#current && this.#unmeasured > 0) {
      this.#unmeasured--;
      this.#readingRate = Math.max(this.#readingRate ?? 0, rate);
      return;
    }
    const before = this.#rates[hasher];
    const mean = before === null ? rate : (before + rate) / 2;
    this.#rates[hasher] = mean;
    if (hasher === 'client') {
      this.#measuredMs += ms;
      this.#readingRate = mean;
    }
    if (hasher !== this.#current && this.#trialsToEnd > 0) this.#endTrial(rows, ms);
  }

  /** Leaves the rest of the table to Rowproof: a server cannot do what it is asked. */
  bar(): void {
    this.#isBarred = true;
  }

  #isTrialDue(): boolean {
    const rate = this.#rates[this.#current];
    if (!this.#isOpen || rate === null || this.#measuredMs < LEAST_MEASURED_MS) return false;
    return this.#rules.now() >= this.#nextTrialAtMs && this.#isWorthATrial();
  }

  /** Whether the whole table takes so long that a trial pays; so it seems until something was measured. */
  #isWorthATrial(): boolean {
    const { estimatedRows, lanes } = this.#rules;
    const rate = this.#rates[this.#current];
    return estimatedRows === null || rate === null || estimatedRows / rate / lanes >= LEAST_TABLE_MS;
  }

  #endTrial(rows: number, ms: number): void {
    const rate = this.#rates[this.#current];
    const otherRate = this.#rates[other(this.#current)];
    this.#trialCostMs += Math.max(0, ms - rows / (rate ?? 1));
    this.#trialsToEnd--;
    const gain = rate === null || otherRate === null ? 0 : otherRate / rate;
    const isOver = this.#trialsToEnd === 0 && this.#trialsToStart === 0;
    if (!isOver && gain <= BEYOND_DOUBT) return;
    this.#trialsToStart = 0;
    this.#trialsToEnd = 0;
    this.#isTried = true;
    const isChange = gain > CLEARLY_FASTER;
    if (isChange) this.#current = other(this.#current);
    const costMs = isChange ? PROBE_MS : this.#trialCostMs / this.#rules.lanes;
    this.#nextTrialAtMs = this.#rules.now() + Math.max(LEAST_GAP_MS, costMs * TRIAL_SHARE);
  }
}

function other(hasher: Hasher): Hasher {
  return hasher === 'client' ? 'server' : 'client';
}
