import { type Coverage, coverSpans, type KeySpan } from '../core/coverage.js';
import { hasEffect } from '../core/finding.js';
import type { SpotShare } from '../plan/spot-planner.js';
import { addClean, isClean, nameOf, toLearned } from './clean-spans.js';
import type { Learned, LearnedRecord, ReadSpan } from './read-span.js';
import type { TableRecord } from './table-record.js';

type Compared = Extract<TableRecord, { kind: 'compared' }>;

/** When a table that is read as a whole was last proved equal, and last begun; and whether it differed then. */
export interface Passes {
  readonly provedMs: number | null;
  readonly triedMs: number | null;
  readonly differs: boolean;
  /** Whether it was begun after that, and not read to its end. */
  readonly wasCut: boolean;
}

/** How far the walk over a table of which a sample is drawn has come. */
export interface Drawn {
  readonly range: KeySpan;
  readonly share: SpotShare;
  readonly end: Uint8Array | null;
}

/**
 * What of a table needs not be read again, although the process that read it is gone: the fold over its records. Ranges
 * without a difference count as they are; of others only the keys of the rows that differed, which are looked at again;
 * a table without ranges only when it was read to its end and nothing differed.
 */
export class TableProgress {
  #clean = new Map<string, ReadSpan>();
  #doubtful = new Map<string, ReadSpan>();
  #drawn: Drawn[] = [];
  #share: SpotShare | null = null;
  /** All that was learned of a table whose rows are not walked. */
  #whole: LearnedRecord[] = [];
  /** Ranges that are not equal, and of which it is not known which rows differ. */
  #broken: ReadSpan[] = [];
  #passes: Passes = { provedMs: null, triedMs: null, differs: false, wasCut: false };
  #isDone = false;
  #isOpen = false;
  /** Whether some of it was not read. */
  #isCut = false;
  #isStarted = false;
  /** Whether ranges of it were compared, whatever came of them. */
  #isWalked = false;

  /** What is known of a table in a rotation. */
  static of({ clean, broken, passes }: Pick<TableProgress, 'clean' | 'broken' | 'passes'>): TableProgress {
    const progress = new TableProgress();
    progress.#clean = new Map(clean.map((span) => [nameOf(span.range), span]));
    progress.#broken = [...broken];
    progress.#passes = passes;
    return progress;
  }

  /** Takes in one record, in the order in which they were learned. */
  add(learned: LearnedRecord): void {
    const { record } = learned;
    switch (record.kind) {
      case 'restarted':
      case 'misread':
        this.#forget();
        break;
      case 'unverified':
      case 'interrupted':
        this.#isOpen = true;
        this.#isCut = true;
        break;
      case 'found':
        this.#isOpen ||=
          hasEffect([record.finding], 'unverified') || hasEffect([record.finding], 'different');
        this.#whole.push(learned);
        break;
      case 'compared':
        this.#addRows(record, learned);
        break;
      case 'held':
        this.#isWalked = true;
        this.#doubtful.set(nameOf(record.range), {
          ...record,
          ...this.#readWhen(record.range, learned),
          chunks: 1,
        });
        break;
      case 'drawn':
        this.#drawn.push({ range: record.range, share: record.share, end: record.end });
        break;
      case 'sampled':
        this.#share = record.share;
        break;
      case 'done':
        this.#isDone = true;
        break;
      case 'counted':
      case 'bag':
        this.#whole.push(learned);
        break;
      case 'pass':
        this.#notePass(record.state, learned.atMs);
        break;
      case 'started':
        this.#isStarted = true;
        break;
      case 'rotated':
      case 'left':
      case 'ended':
        break;
    }
  }

  #notePass(state: Extract<TableRecord, { kind: 'pass' }>['state'], atMs: number): void {
    if (state === 'begun') this.#passes = { ...this.#passes, triedMs: atMs, wasCut: true };
    else
      this.#passes = {
        triedMs: atMs,
        provedMs: state === 'equal' ? atMs : null,
        differs: state === 'different',
        wasCut: false,
      };
  }

  #forget(): void {
    this.#clean = new Map();
    this.#doubtful = new Map();
    this.#broken = [];
    this.#drawn = [];
    this.#share = null;
    this.#whole = [];
    this.#isDone = false;
    this.#isCut = false;
    // What a broken index or an altered table left is not to be relied on.
    this.#isOpen = true;
  }

  #addRows(record: Compared, learned: LearnedRecord): void {
    const { range, rows, hasher, keys, unfound, unsettled, chunks = 1 } = record;
    if (range === null) {
      this.#isOpen ||= unsettled !== undefined || !isClean(rows);
      this.#whole.push(learned);
      return;
    }
    this.#isWalked = true;
    // What was held back stays so.
    if (unsettled?.why === 'stopped') return;
    const span: ReadSpan = { range, hasher, rows, chunks, keys, ...this.#readWhen(range, learned) };
    this.#doubtful.delete(nameOf(range));
    // Rows that were there and not found are settled at the end of a table, which was not reached.
    const isFound = unfound.source.length + unfound.target.length + unfound.beyond === 0;
    if (isFound && unsettled === undefined && isClean(rows)) addClean(this.#clean, span);
    else if (isFound && keys !== null) this.#doubtful.set(nameOf(range), span);
    else this.#broken.push(span);
  }

  /** Where only those rows of a range were looked at again that had differed, all others are as they were read before. */
  #readWhen(range: KeySpan, learned: Learned): Learned {
    const { sitting, atMs } = this.#doubtful.get(nameOf(range)) ?? learned;
    return { sitting, atMs };
  }

  /** Ranges in which no row differs. */
  get clean(): readonly ReadSpan[] {
    return [...this.#clean.values()];
  }

  /** Ranges of which rows are to be looked at again, by their keys. */
  get doubtful(): readonly ReadSpan[] {
    return [...this.#doubtful.values()];
  }

  /** Ranges that must be read again: they are not equal, and which rows differ is not known. */
  get broken(): readonly ReadSpan[] {
    return this.#broken;
  }

  /** When a table that is read as a whole was read. */
  get passes(): Passes {
    return this.#passes;
  }

  /** What the walk over a table has drawn so far. */
  get drawn(): readonly Drawn[] {
    return this.#drawn;
  }

  /** What a finished walk has drawn; null where it was not finished. */
  get share(): SpotShare | null {
    return this.#share;
  }

  /** All key ranges that need not be read. */
  get coverage(): Coverage {
    return coverSpans([...this.#clean.values(), ...this.#doubtful.values()].map(({ range }) => range));
  }

  /** Whether it was begun to be read before, and nothing of that counts. */
  get isRepeated(): boolean {
    return !this.isWhole && !this.#isWalked && (this.#isStarted || this.#passes.triedMs !== null);
  }

  /** Whether a table whose rows are not walked was read to its end without a difference. */
  get isWhole(): boolean {
    return this.#isDone && !this.#isOpen && !this.#isWalked;
  }

  /** Whether every row of a table whose rows are not walked was compared, whatever came of it. */
  get isReadWhole(): boolean {
    return this.#isDone && !this.#isCut && !this.#isWalked;
  }

  /** When the oldest of what counts was read; null where nothing does. */
  get oldest(): Learned | null {
    const whole = this.isWhole ? this.#whole : [];
    return [...this.#clean.values(), ...this.#doubtful.values(), ...whole].reduce<Learned | null>(
      (oldest, { sitting, atMs }) => (oldest === null || atMs < oldest.atMs ? { sitting, atMs } : oldest),
      null,
    );
  }

  /** What counts without another look at it, as records. */
  settled(): readonly LearnedRecord[] {
    return this.isWhole ? this.#whole : this.clean.map(toLearned);
  }

  *#carriedPasses(): Generator<LearnedRecord> {
    const { provedMs, triedMs, differs, wasCut } = this.#passes;
    const pass = (state: 'begun' | 'equal' | 'different', atMs: number): LearnedRecord => ({
      record: { kind: 'pass', state },
      sitting: 0,
      atMs,
    });
    if (provedMs !== null) yield pass('equal', provedMs);
    if (differs) yield pass('different', triedMs ?? 0);
    if (wasCut || (this.isRepeated && triedMs === null)) yield pass('begun', triedMs ?? 0);
  }

  /** The same progress as records, for the journal of another sitting. */
  *carried(): Generator<LearnedRecord> {
    for (const span of [...this.#clean.values(), ...this.#doubtful.values(), ...this.#broken])
      yield toLearned(span);
    const now = { sitting: 0, atMs: 0 };
    for (const drawn of this.#drawn) yield { record: { kind: 'drawn', ...drawn }, ...now };
    if (this.#share !== null) yield { record: { kind: 'sampled', share: this.#share }, ...now };
    yield* this.#carriedPasses();
    if (!this.isWhole) return;
    yield* this.#whole;
    yield { record: { kind: 'done' }, ...now };
  }
}
