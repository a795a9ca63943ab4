import type { LaneReason } from '../core/lanes.js';
import { type LaneChunk, LaneSample } from './lane-sample.js';

/** What must have been seen before anything is decided: so long of the time of each lane, in so many of its chunks. */
const PHASE_MS = 900;
const PHASE_CHUNKS = 2;
/** Chunks that began so soon after a lane was added, or after the beginning, were slowed by what was loading and compiled meanwhile. */
const SETTLE_MS = 300;
const WARM_MS = 500;
/** The same for lanes that there never were before: their threads begin to load and to compile only then. */
const NEW_LANE_MS = 1000;
/** What more lanes must gain to be kept, and what those must gain that only a delay allows: they are a burden to others. */
const GAIN = 1.03;
const GAIN_BEHIND_DELAY = 1.1;
/** What more lanes gain that need no second look. */
const CLEAR_GAIN = 1.3;
/** Fewer lanes are kept where no more than this is lost. */
const LOSS = 0.97;
/** By how much a chunk may take longer with lanes that only a delay allows: then it is not the delay that they wait for. */
const MOST_SLOWER = 1.2;
/** How long until another number is tried again; a try in vain doubles it, up to a limit. */
const TRY_AGAIN_MS = 30_000;
const LONGEST_WAIT_MS = 300_000;
/** Trying costs more than it brings where no more than this is left to be read. */
const WORTH_MS = 8000;
/** With so many times the rows that were expected nobody knows any more how many are left. */
const BEYOND_ESTIMATE = 1.5;
/** A table that cannot be cut is read by one lane, whatever their number: what is told of lanes needs so many of them. */
const MOST_OF_THEM = 0.75;
/** A chunk with fewer bytes than this share of the largest one of its table says more of beginning and ending than of reading. */
const FULL_CHUNK = 0.5;

/** How many lanes there may be. */
export interface LaneBounds {
  /** At first. */
  readonly start: number;
  /** Never more, but behind a delay. */
  readonly most: number;
  /** Never more where statements wait for a delay of the link; as `most` where there is none. */
  readonly mostBehindDelay: number;
}

interface Trial {
  /** The number that is kept unless the other one is better, and what its lanes took before. */
  readonly kept: number;
  readonly before: LaneSample;
  readonly tried: number;
  /** What those took; null until they are done. Then the first number has another turn, because a machine has moods. */
  readonly during: LaneSample | null;
}

/**
 * Finds how many chunks should be under way at a time. It compares what a lane takes for as many bytes while there are so many
 * lanes, and while there are others, in phases of about a second, and keeps the number that gets more done.
 */
export class LaneCount {
  readonly #bounds: LaneBounds;
  readonly #now: () => number;
  readonly #largest = new Map<string, number>();
  #startedMs: number;
  /** Rows of the source that are to be read; null where nobody knows. */
  #expectedRows: number | null = null;
  #seenRows = 0;
  #lanes: number;
  #phase = new LaneSample();
  /** Chunks that began before do not count for the phase. */
  #fromMs: number;
  #trial: Trial | null = null;
  /** What the lanes took when their number was chosen. */
  #chosen: LaneSample | null = null;
  /** Whether all lanes that are tried had something to do. */
  #isShared = false;
  #tryAtMs = 0;
  #waitMs = TRY_AGAIN_MS;
  #wasDown = false;
  #reason: LaneReason = 'not-tried';
  #mostTried: number;
  #mostUsed: number;

  constructor(bounds: LaneBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
    this.#lanes = bounds.start;
    this.#mostTried = bounds.start;
    this.#mostUsed = bounds.start;
    this.#startedMs = now();
    this.#fromMs = this.#startedMs + WARM_MS;
  }

  /** Takes that so many rows of the source are to be read from now on; null where nobody knows. */
  expect(rows: number | null): void {
    this.#expectedRows = rows;
    this.#startedMs = this.#now();
    this.#fromMs = this.#startedMs + WARM_MS;
  }

  /** How many may be in use now. */
  get lanes(): number {
    return this.#lanes;
  }

  /** How many were kept last, how many were tried at most, and why no other number was kept. */
  describe(): { readonly used: number; readonly tried: number; readonly why: LaneReason } {
    const isAlone = this.#trial !== null && !this.#isShared && this.#reason === 'not-tried';
    const why = isAlone ? 'not-shared' : this.#reason;
    return { used: this.#trial?.kept ?? this.#lanes, tried: this.#mostTried, why };
  }

  /** Takes what a lane took for a chunk that is done now, when so many were under way. */
  note(chunk: LaneChunk, together: number): void {
    const largest = Math.max(chunk.bytes, this.#largest.get(chunk.table) ?? 0);
    this.#largest.set(chunk.table, largest);
    this.#seenRows += chunk.rows;
    const isTogether = together >= this.#lanes * MOST_OF_THEM;
    if (isTogether) this.#isShared = true;
    if (
      !isTogether ||
      chunk.bytes === 0 ||
      chunk.bytes < largest * FULL_CHUNK ||
      this.#now() - chunk.elapsedMs <= this.#fromMs
    )
      return;
    this.#phase.add(chunk);
    const { chunks, ms } = this.#phase;
    if (chunks >= PHASE_CHUNKS * this.#lanes && ms >= PHASE_MS * this.#lanes) this.#decide();
  }

  #decide(): void {
    const sample = this.#phase;
    const trial = this.#trial;
    if (trial === null) this.#weigh(sample);
    else if (trial.during !== null) this.#end(trial, trial.during, trial.before.with(sample));
    else if (isClearlyMore(trial, sample)) this.#end(trial, sample, trial.before);
    else {
      this.#trial = { ...trial, during: sample };
      this.#use(trial.kept);
    }
  }

  #end(trial: Trial, during: LaneSample, base: LaneSample): void {
    this.#trial = null;
    this.#mostTried = Math.max(this.#mostTried, trial.tried);
    if (this.#isBetter({ ...trial, base, during })) this.#accept(trial, during);
    else this.#goBack(trial, base);
  }

  /** Nothing is being tried: begins to, where it is time. */
  #weigh(sample: LaneSample): void {
    this.#chosen ??= sample;
    const isDelayOnly = this.#lanes > this.#bounds.most;
    if (isDelayOnly && sample.costAgainst(this.#chosen) > MOST_SLOWER) {
      this.#wait();
      this.#use(this.#bounds.most);
      this.#chosen = null;
      return;
    }
    const mayTry = this.#now() >= this.#tryAtMs && this.#isWorthTrying();
    const next = mayTry ? this.#candidate() : null;
    if (next === null) this.#begin(0);
    else this.#try(next, sample);
  }

  /** Whether there is so much left to be read that it is worth to find out. */
  #isWorthTrying(): boolean {
    const [expected, seen] = [this.#expectedRows, this.#seenRows];
    if (expected === null || seen === 0 || seen > expected * BEYOND_ESTIMATE) return true;
    return ((this.#now() - this.#startedMs) * (expected - seen)) / seen >= WORTH_MS;
  }

  #try(lanes: number, before: LaneSample): void {
    this.#trial = { kept: this.#lanes, before, tried: lanes, during: null };
    this.#isShared = false;
    this.#use(lanes);
  }

  /** The number to be tried: more, and fewer only in turns with that, once time has passed. */
  #candidate(): number | null {
    const more = this.#moreThan(this.#lanes);
    const isEarly = this.#now() < this.#startedMs + TRY_AGAIN_MS;
    const fewer = isEarly ? null : this.#fewerThan(this.#lanes);
    const isDownsTurn = fewer !== null && (more === null || !this.#wasDown);
    this.#wasDown = isDownsTurn;
    return isDownsTurn ? fewer : more;
  }

  #fewerThan(lanes: number): number | null {
    return lanes === 1 ? null : Math.ceil(lanes / 2);
  }

  #moreThan(lanes: number): number | null {
    const { most, mostBehindDelay } = this.#bounds;
    const bound = lanes < most ? most : mostBehindDelay;
    return lanes >= bound ? null : Math.min(lanes * 2, bound);
  }

  #isBetter({ kept, tried, base, during }: Trial & Readonly<Record<'base' | 'during', LaneSample>>): boolean {
    const cost = during.costAgainst(base);
    const gain = tried / kept / cost;
    if (tried < kept) return gain >= LOSS;
    if (tried > this.#bounds.most) return gain >= GAIN_BEHIND_DELAY && cost <= MOST_SLOWER;
    return gain >= GAIN;
  }

  #accept({ kept, tried }: Trial, during: LaneSample): void {
    const isMore = tried > kept;
    this.#reason = isMore ? 'faster' : 'no-faster';
    this.#chosen = during;
    this.#waitMs = TRY_AGAIN_MS;
    this.#use(tried);
    // Where more was better still more may be, and where fewer lost nothing still fewer.
    const next = isMore ? this.#moreThan(tried) : this.#fewerThan(tried);
    if (next === null) this.#wait();
    else this.#try(next, during);
  }

  #goBack({ kept, tried }: Trial, base: LaneSample): void {
    if (tried > kept && this.#reason === 'not-tried') this.#reason = 'no-faster';
    this.#chosen = base;
    this.#begin(0);
    this.#wait();
  }

  #wait(): void {
    this.#tryAtMs = this.#now() + this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  #use(lanes: number): void {
    const isMore = lanes > this.#lanes;
    const isNew = lanes > this.#mostUsed;
    this.#lanes = lanes;
    this.#mostUsed = Math.max(lanes, this.#mostUsed);
    this.#begin(isNew ? NEW_LANE_MS : isMore ? SETTLE_MS : 0);
  }

  #begin(settleMs: number): void {
    this.#phase = new LaneSample();
    this.#fromMs = this.#now() + settleMs;
  }
}

/** Whether so many more gets done that a machine's mood does not explain it. */
function isClearlyMore({ kept, tried, before }: Trial, during: LaneSample): boolean {
  return tried > kept && tried / kept / during.costAgainst(before) >= CLEAR_GAIN;
}
