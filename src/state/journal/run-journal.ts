import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ComparisonFacts } from '../../core/comparison-facts.js';
import { RowproofError } from '../../core/errors.js';
import type { TableId } from '../../core/pairing.js';
import type { TableProgress } from '../table-progress.js';
import type { TableRecord } from '../table-record.js';
import {
  listSittings,
  openJournalFolder,
  removeRun,
  sittingPath,
  unusableJournal,
} from './journal-folder.js';
import { JOURNAL_FORMAT, type SavedAsk, type SittingHead, type SittingRecord } from './journal-format.js';
import { formatLine } from './journal-line.js';
import { forgetPausedReplica, keepPausedReplica, readPausedReplica } from './paused-replica.js';
import type { SavedRun } from './read-sitting.js';
import { SittingFile } from './sitting-file.js';

/** How long what was learned may be lost with the process. */
export const FLUSH_MS = 3000;
/** Text that is handed to the system at once. */
const WRITE_CHARACTERS = 1 << 20;

const NOT_KEPT = {
  code: 'usage',
  message: 'A target is not told to apply nothing where no journal keeps how to start it again.',
  hint: 'Name a folder of a local disk with --journal DIR, or leave --pause-replica out.',
} as const;

/** Where and how a run keeps what it learns. */
export interface JournalRequest {
  readonly folder: string;
  /** The run that this is a sitting of; null for a new one. */
  readonly earlier: SavedRun | null;
  readonly asked: SavedAsk;
  readonly flushMs: number;
  readonly now: () => Date;
  /** The name of a run that goes on for ever; null for one that comes to its end. */
  readonly lastingName: string | null;
  /** Whether a run that ended with differences is kept although it was short, so that only these can be read again. */
  readonly keepsDifferences: boolean;
  /** Is told, once, why nothing more is kept; the run goes on. */
  readonly onFailure: (error: RowproofError) => void;
}

/**
 * What one sitting of a run learns, kept on disk while it goes on. Nothing is written before the first flush, so that a run
 * of a few seconds leaves no trace.
 */
export class RunJournal {
  readonly run: string;
  readonly #request: JournalRequest;
  #startedAt: string;
  #facts: ComparisonFacts | null = null;
  #carried: ReadonlyMap<TableId, TableProgress> = new Map();
  #pending: SittingRecord[] = [];
  #file: SittingFile | null = null;
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;
  #isEnded = false;
  /** Whether this sitting, or one before, has told a target to apply nothing. */
  #mayPause: boolean;

  constructor(request: JournalRequest) {
    this.#request = request;
    this.#mayPause = request.earlier !== null;
    const begun = request.now();
    this.run = request.lastingName ?? request.earlier?.head.run ?? nameRun(begun);
    this.#startedAt = request.earlier?.head.startedAt ?? begun.toISOString();
  }

  /** The number of this sitting; that of the next one until it has a file. */
  get sitting(): number {
    return this.#file?.sitting ?? this.#earlierSitting + 1;
  }

  /** The sitting that was taken over; 0 for none. */
  get #earlierSitting(): number {
    return this.#request.earlier?.head.sitting ?? 0;
  }

  /** Whether something of the run is on the disk, so that another process can go on with it. */
  get isKept(): boolean {
    return this.#file !== null && !this.#hasFailed;
  }

  /** Whether a run that comes to its end will be there for whoever wants to read again what differed. */
  get keepsDifferences(): boolean {
    return !this.#hasFailed && (this.#request.keepsDifferences || this.#file !== null);
  }

  /** Begins the sitting; `carried` is what of each table needs not be read again. */
  begin(
    facts: ComparisonFacts,
    carried: ReadonlyMap<TableId, TableProgress>,
    { startsAnew = false }: { readonly startsAnew?: boolean } = {},
  ): void {
    if (startsAnew) this.#startedAt = this.#request.now().toISOString();
    this.#facts = facts;
    this.#carried = carried;
    this.#timer = setInterval(() => this.flush(), this.#request.flushMs).unref();
    // Who else would go on with the run sees at once that somebody does.
    if (this.#request.earlier !== null) this.flush();
  }

  /** Keeps what was learned of a table; it reaches the disk with the next flush. */
  record(table: TableId, record: TableRecord): void {
    if (this.#hasFailed || this.#facts === null) return;
    const atMs = this.#request.now().getTime();
    this.#pending.push({ kind: 'learned', table, sitting: this.sitting, atMs, record: withoutPlace(record) });
    if (this.#request.flushMs === 0) this.flush();
  }

  /** Has everything that was learned reach the disk. */
  flush(): void {
    if (this.#hasFailed || this.#facts === null) return;
    try {
      if (this.#file === null) this.#file = this.#begin(this.#facts);
      this.#file.assertThere();
      const pending = this.#pending;
      this.#pending = [];
      if (pending.length === 0) this.#file.touch();
      else writeRecords(this.#file, pending);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** By which statement the target applies again, where this run or an earlier sitting told it to stop; else null. */
  get pausedReplica(): string | null {
    return this.#mayPause ? readPausedReplica(this.#request.folder, this.run) : null;
  }

  /** Keeps that the target will be told to apply nothing; throws where that could be forgotten. */
  notePaused(start: string): void {
    this.#mayPause = true;
    this.flush();
    if (!this.isKept) throw new RowproofError(NOT_KEPT);
    keepPausedReplica(this.#request.folder, this.run, start);
  }

  /** Notes that it applies again. */
  noteStarted(): void {
    forgetPausedReplica(this.#request.folder, this.run);
  }

  #begin(facts: ComparisonFacts): SittingFile {
    const { folder, earlier, asked, now } = this.#request;
    openJournalFolder(folder);
    const file = SittingFile.create(folder, this.run, this.#earlierSitting);
    const head: SittingHead = {
      kind: 'head',
      format: JOURNAL_FORMAT,
      run: this.run,
      sitting: file.sitting,
      takesOver: earlier === null ? null : { sitting: earlier.head.sitting, bytes: earlier.bytes },
      startedAt: this.#startedAt,
      begunAt: now().toISOString(),
      host: hostname(),
      pid: process.pid,
      asked,
      facts,
    };
    try {
      writeRecords(file, this.#takenOver(head));
    } catch (error) {
      // Half of it would be as if it never was, and take up room.
      file.close();
      rmSync(file.path, { force: true });
      throw error;
    }
    // Only what was taken over: another process may have gone on with it too, and have its own file before this one.
    for (const before of listSittings(folder, this.run)) {
      if (before <= this.#earlierSitting) rmSync(sittingPath(folder, this.run, before), { force: true });
    }
    return file;
  }

  *#takenOver(head: SittingHead): Generator<SittingHead | SittingRecord> {
    yield head;
    for (const [table, progress] of this.#carried) {
      for (const learned of progress.carried()) yield { kind: 'learned', table, ...learned };
    }
    yield { kind: 'ready' };
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    this.#pending = [];
    clearInterval(this.#timer);
    this.#file?.close();
    const { folder, onFailure } = this.#request;
    onFailure(unusableJournal(folder, error));
  }

  /**
   * Ends the sitting. Where nothing is open and nothing differs the journal is deleted, unless another process has taken the run
   * over; else what is known is on the disk afterwards.
   */
  end({
    verdict,
    open,
    differs,
  }: {
    readonly verdict: string;
    readonly open: number;
    readonly differs: boolean;
  }): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#timer);
    const { lastingName } = this.#request;
    const goesOn = lastingName !== null || open > 0 || this.pausedReplica !== null;
    // What could not be kept whole is of use only where something is open.
    if (this.#hasFailed && goesOn) return;
    if (goesOn || (differs && this.keepsDifferences)) {
      this.#pending.push({ kind: 'result', verdict, open });
      this.flush();
      this.#file?.close();
      return;
    }
    this.#file?.close();
    try {
      this.#remove();
    } catch (error) {
      // Where nothing more could be kept that was said.
      if (!this.#hasFailed) this.#fail(error);
    }
  }

  #remove(): void {
    const { folder } = this.#request;
    const last = listSittings(folder, this.run).at(-1) ?? 0;
    if (last <= (this.#file?.sitting ?? this.#earlierSitting)) removeRun(folder, this.run);
  }

  /** Ends a sitting that came to no result, or to one that could not be written; what was learned stays. */
  abandon(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#timer);
    if (this.#file !== null) this.flush();
    this.#file?.close();
  }
}

function writeRecords(file: SittingFile, records: Iterable<SittingHead | SittingRecord>): void {
  let text = '';
  for (const record of records) {
    text += formatLine(record);
    if (text.length < WRITE_CHARACTERS) continue;
    file.write(text);
    text = '';
  }
  file.write(text);
  file.sync();
}

/** Rows that differed lie in files that go with the process: only their keys are kept. */
function withoutPlace(record: TableRecord): TableRecord {
  return record.kind === 'compared' ? { ...record, stored: null, explained: null } : record;
}

/** `20261129-021409-3f2a81`: sorts by when a run began. */
function nameRun(begun: Date): string {
  const [day, time] = begun.toISOString().slice(0, 19).split('T');
  return `${day?.replaceAll('-', '')}-${time?.replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}
