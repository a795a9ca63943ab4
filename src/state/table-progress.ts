import { describeUse } from '../core/checksum-place.js';
import type { ComparedChunk, UnverifiedChunk } from '../core/chunk.js';
import type { Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import { type Finding, hasEffect } from '../core/finding.js';
import { qualifiedName, SIDES } from '../core/pairing.js';
import type { TableResult } from '../core/result.js';
import { type Mode, type ModeChoice, verdictOf } from '../core/verdict.js';
import type { SpotShare } from '../plan/spot-planner.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import type { Hasher, TableChecksums } from './checksum-choice.js';
import { describeEmptyCondition } from './empty-condition.js';
import { describeUndecided } from './undecided-columns.js';
import { UnfoundKeys } from './unfound-keys.js';

/** What came of rows that were read on both sides and compared. */
export type ComparedRows = Pick<
  ComparedChunk,
  'sourceRows' | 'targetRows' | 'counts' | 'changedColumns' | 'undecidedColumns'
>;

const NO_ROWS = { sourceRows: 0, targetRows: 0, missing: 0, extra: 0, changed: 0, inFlight: 0 };

/** What a run knows of a table while its chunks come in. */
export class TableProgress {
  readonly planned: PlannedTable;
  readonly name: string;
  readonly mode: Mode;
  /** The share of rows that spot mode reads. */
  readonly ratio: number;
  /** How many segments of the table were handed out. */
  segments = 0;
  /** How many of them are not done yet. */
  openSegments = 0;
  /** Whether all segments of the table are known. */
  isPlanned = false;
  /** Whether rows are told apart by their values, although the table has a key. */
  asBag = false;
  /** What the segments know of the servers' checksums; null where none were asked for. */
  checksums: TableChecksums | null = null;
  /** How many rows the last chunk's pace suggests: where the next segment begins. Null until a chunk was full. */
  chunkRows: number | null = null;
  /** Rows that were there and were not found by their keys. */
  unfound = new UnfoundKeys();
  /** What spot mode drew of the table. */
  spotShare: SpotShare | null = null;
  #startedAtMs: number | null = null;
  #elapsedMs = 0;
  readonly #rows = { ...NO_ROWS };
  /** Without a prototype: a column may be called constructor or __proto__. */
  #changedColumns: Record<string, number> = Object.create(null);
  #undecided: Record<string, number> = Object.create(null);
  readonly #findings: Finding[];
  /** Chunks that were compared, by who hashed their rows. */
  readonly #hashed = { client: 0, server: 0 };
  #chunks = 0;
  #unverifiedChunks = 0;
  #isRestarted = false;

  constructor(planned: PlannedTable, { mode, ratio }: ModeChoice) {
    this.planned = planned;
    this.mode = mode;
    this.ratio = ratio;
    this.name = qualifiedNameOf(planned);
    this.#findings = [...planned.findings];
  }

  start(nowMs: number): void {
    this.#startedAtMs ??= nowMs;
  }

  end(nowMs: number): void {
    this.#elapsedMs = nowMs - (this.#startedAtMs ?? nowMs);
  }

  addChunk(chunk: ComparedRows, hasher: Hasher = 'client'): void {
    this.#chunks++;
    this.#hashed[hasher]++;
    this.#rows.sourceRows += chunk.sourceRows;
    this.#rows.targetRows += chunk.targetRows;
    for (const name of ['missing', 'extra', 'changed', 'inFlight'] as const)
      this.#rows[name] += chunk.counts[name];
    addCounts(this.#changedColumns, chunk.changedColumns);
    addCounts(this.#undecided, chunk.undecidedColumns);
  }

  /** Notes a chunk of which nothing is known; `open` says which rows that are, where it is not all of the table. */
  addUnverified({ error }: UnverifiedChunk, open: string | null = null): void {
    this.#unverifiedChunks++;
    const message =
      open === null ? error.message : `Rows of ${this.name} with ${open} were not compared: ${error.message}`;
    const about = { table: this.name, detail: `${open ?? 'all rows'}: ${this.#withoutNames(error.message)}` };
    this.addFinding({ code: 'chunk-unverified', about, message, hint: error.hint });
  }

  /** An error names the table that it is of, which must not make it another error than that of the next table. */
  #withoutNames(message: string): string {
    return SIDES.reduce((text, side) => {
      const table = this.planned[side];
      return table === null ? text : text.replaceAll(qualifiedName(table), '');
    }, message);
  }

  /** Forgets what was compared: it was read by an index that is broken, and all of the table is read once more. */
  restart(): void {
    this.#isRestarted = true;
    this.segments = 0;
    this.unfound = new UnfoundKeys();
    this.#chunks = 0;
    this.#unverifiedChunks = 0;
    Object.assign(this.#hashed, { client: 0, server: 0 });
    Object.assign(this.#rows, NO_ROWS);
    for (const counts of [this.#changedColumns, this.#undecided])
      for (const name of Object.keys(counts)) delete counts[name];
    const kept = this.#findings.filter(({ code }) => code !== 'chunk-unverified');
    this.#findings.splice(0, this.#findings.length, ...kept);
  }

  /** Takes the numbers of rows that count mode found. */
  addCounts(counts: { readonly sourceRows: number; readonly targetRows: number }): void {
    this.#chunks++;
    this.#rows.sourceRows += counts.sourceRows;
    this.#rows.targetRows += counts.targetRows;
  }

  /** Adds a finding, once for all of the table that it concerns. */
  addFinding(finding: Finding): void {
    const known = this.#findings.some(
      ({ code, message }) => code === finding.code && message === finding.message,
    );
    if (!known) this.#findings.push(finding);
  }

  /** Takes back which rows differ, where they were misread: nothing is counted, listed or repaired of them. */
  forgetDifferences(): void {
    Object.assign(this.#rows, { missing: 0, extra: 0, changed: 0, inFlight: 0 });
    this.#changedColumns = Object.create(null);
    this.#undecided = Object.create(null);
    this.segments = 0;
  }

  /** Whether every segment was walked to its end. */
  get isDone(): boolean {
    return this.isPlanned && this.openSegments === 0;
  }

  /** Notes that the run ended before the table did. */
  interrupt(): void {
    this.#findings.push({
      code: 'interrupted',
      about: { table: this.name },
      message: `The run was interrupted before ${this.name} was read to its end.`,
      hint: 'Run again.',
    });
  }

  get sourceRows(): number {
    return this.#rows.sourceRows;
  }

  get targetRows(): number {
    return this.#rows.targetRows;
  }

  get differences(): number {
    return this.#rows.missing + this.#rows.extra + this.#rows.changed;
  }

  /** Rows of the larger side that were read. */
  get rowsRead(): number {
    return Math.max(this.#rows.sourceRows, this.#rows.targetRows);
  }

  toResult(sample: readonly RowDifference[], diagnoses: readonly Diagnosis[] = []): TableResult {
    const { source, target, pair } = this.planned;
    const undecided = describeUndecided(this.planned, this.#undecided);
    const isRead = this.#unverifiedChunks === 0 && this.#chunks > 0 && this.isDone;
    const empty = isRead ? describeEmptyCondition(this.planned, this.#rows) : [];
    const findings = [...this.#findings, ...undecided.findings, ...empty];
    const schemaDiffers = hasEffect(findings, 'different');
    return {
      source: source === null ? null : qualifiedName(source),
      target: target === null ? null : qualifiedName(target),
      verdict: verdictOf({
        differences: this.differences + (schemaDiffers ? 1 : 0),
        unverified: hasEffect(findings, 'unverified'),
        mode: this.mode,
      }),
      mode: this.mode,
      strategy: this.mode === 'count' ? 'count' : this.#isRestarted ? 'bucket' : (pair?.strategy ?? null),
      key: pair === null || this.asBag ? [] : pair.key.map((column) => column.target.name),
      checksum: describeUse(this.#hashed),
      ...this.#rows,
      coverage: {
        rows: this.rowsRead,
        chunks: this.#chunks + this.#unverifiedChunks,
        unverifiedChunks: this.#unverifiedChunks,
      },
      columns: undecided.columns,
      changedColumns: this.#changedColumns,
      elapsedMs: Math.round(this.#elapsedMs),
      findings,
      diagnoses,
      sample,
    };
  }
}

function addCounts(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count;
}

function qualifiedNameOf({ source, target }: PlannedTable): string {
  const table = target ?? source;
  return table === null ? '' : qualifiedName(table);
}
