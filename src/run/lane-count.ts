import type { LaneReason } from '../core/lanes.js';
import { type LaneChunk, LaneSample } from './lane-sample.js';

/** What must have been seen before anything is decided: so long of the time of each lane, in so many of its chunks. */
const PHASE_MS = 600;
const PHASE_CHUNKS = 2;
/** Chunks that began so soon after a lane was added were slowed by the thread that loaded for it. */
const SETTLE_MS = 300;
/** What more lanes must gain to be kept, and what those must gain that only a delay allows: they are a burden to others. */
const GAIN = 1.05;
const GAIN_BEHIND_DELAY = 1.1;
/** Fewer lanes are kept where no more than this is lost. */
const LOSS = 0.97;
/** By how much a chunk may take longer with lanes that only a delay allows: then it is not the delay that they wait for. */
const MOST_SLOWER = 1.2;
/** How long until another number is tried again; a try in vain doubles it, up to a limit. */
const TRY_AGAIN_MS = 30_000;
const LONGEST_WAIT_MS = 300_000;
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

interface Kept {
  readonly lanes: number;
  readonly sample: LaneSample;
}

/**
 * Finds how many chunks should be under way at a time. It compares what a lane takes for as many bytes while there are so many
 * lanes, and while there are others, in phases of about a second, and keeps the number that gets more done.
 */
export class LaneCount {
  readonly #bounds: LaneBounds;
  readonly #now: () => number;
  readonly #largest = new Map<string, number>();
  readonly #startedMs: number;
  #lanes: number;
  #phase = new LaneSample();
  /** Chunks that began before do not count for the phase. */
  #fromMs = Number.NEGATIVE_INFINITY;
  /** The number that is kept unless the one that is tried is better; null while none is tried. */
  #kept: Kept | null = null;
  /** What the lanes took when their number was chosen. */
  #chosen: LaneSample | null = null;
  #tryAtMs = 0;
  #waitMs = TRY_AGAIN_MS;
  #wasDown = false;
  #reason: LaneReason = 'not-tried';
  #mostUsed: number;

  constructor(bounds: LaneBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
    this.#lanes = bounds.start;
    this.#mostUsed = bounds.start;
    this.#startedMs = now();
  }

  /** How many may be in use now. */
  get lanes(): number {
    return this.#lanes;
  }

  /** How many were kept last, how many were tried at most, and why no other number was kept. */
  describe(): { readonly used: number; readonly tried: number; readonly why: LaneReason } {
    return { used: this.#kept?.lanes ?? this.#lanes, tried: this.#mostUsed, why: this.#reason };
  }

  /** Takes what a lane took for a chunk that is done now. */
  note(chunk: LaneChunk): void {
    const largest = Math.max(chunk.bytes, this.#largest.get(chunk.table) ?? 0);
    this.#largest.set(chunk.table, largest);
    if (chunk.bytes < largest * FULL_CHUNK || this.#now() - chunk.elapsedMs <= this.#fromMs) return;
    this.#phase.add(chunk);
    const { chunks, ms } = this.#phase;
    if (chunks >= PHASE_CHUNKS * this.#lanes && ms >= PHASE_MS * this.#lanes) this.#decide();
  }

  #decide(): void {
    const sample = this.#phase;
    if (this.#kept === null) this.#weigh(sample);
    else if (this.#isBetter(this.#kept, sample)) this.#accept(this.#kept, sample);
    else this.#goBack(this.#kept);
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
    const next = this.#now() < this.#tryAtMs ? null : this.#candidate();
    if (next === null) this.#begin(0);
    else {
      this.#kept = { lanes: this.#lanes, sample };
      this.#use(next);
    }
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

  #isBetter(kept: Kept, sample: LaneSample): boolean {
    const cost = sample.costAgainst(kept.sample);
    const gain = this.#lanes / kept.lanes / cost;
    if (this.#lanes < kept.lanes) return gain >= LOSS;
    if (this.#lanes > this.#bounds.most) return gain >= GAIN_BEHIND_DELAY && cost <= MOST_SLOWER;
    return gain >= GAIN;
  }

  #accept(kept: Kept, sample: LaneSample): void {
    const isMore = this.#lanes > kept.lanes;
    this.#reason = isMore ? 'faster' : 'no-faster';
    this.#kept = null;
    this.#chosen = sample;
    this.#waitMs = TRY_AGAIN_MS;
    // Where more was better still more may be, and where fewer lost nothing still fewer.
    const next = isMore ? this.#moreThan(this.#lanes) : this.#fewerThan(this.#lanes);
    if (next === null) {
      this.#wait();
      this.#begin(0);
      return;
    }
    this.#kept = { lanes: this.#lanes, sample };
    this.#use(next);
  }

  #goBack(kept: Kept): void {
    if (this.#lanes > kept.lanes && this.#reason === 'not-tried') this.#reason = 'no-faster';
    this.#kept = null;
    this.#chosen = kept.sample;
    this.#use(kept.lanes);
    this.#wait();
  }

  #wait(): void {
    this.#tryAtMs = this.#now() + this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  #use(lanes: number): void {
    const isMore = lanes > this.#lanes;
    this.#lanes = lanes;
    this.#mostUsed = Math.max(this.#mostUsed, lanes);
    this.#begin(isMore ? SETTLE_MS : 0);
  }

  #begin(settleMs: number): void {
    this.#phase = new LaneSample();
    this.#fromMs = this.#now() + settleMs;
  }
}
