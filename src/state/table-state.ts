import type { UnfoundRows } from '../core/chunk.js';
import type { Coverage } from '../core/coverage.js';
import type { Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import type { ExplainedTally } from '../core/explained-rows.js';
import { type Finding, hasEffect } from '../core/finding.js';
import { qualifiedName } from '../core/pairing.js';
import type { LeftTable, RowCounts, TableResult } from '../core/result.js';
import { type Mode, type ModeChoice, verdictOf } from '../core/verdict.js';
import type { SpotShare } from '../plan/spot-planner.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { ChunkTally } from './chunk-tally.js';
import { describeInterrupted, describeUnverified } from './describe-open.js';
import { describeSpans } from './describe-span.js';
import { describeEmptyCondition } from './empty-condition.js';
import { KnownFindings } from './known-findings.js';
import { describeLeft, explainLeft } from './left-table.js';
import { RowTally } from './row-tally.js';
import { type Extent, StoredExtents } from './stored-extents.js';
import type { TableRecord } from './table-record.js';
import { TableTime } from './table-time.js';
import { describeUndecided } from './undecided-columns.js';
import { UnfoundKeys } from './unfound-keys.js';

type ComparedRecord = Extract<TableRecord, { kind: 'compared' }>;

/** Everything that a run knows of a table: the fold over its records. */
export class TableState {
  readonly planned: PlannedTable;
  readonly name: string;
  readonly mode: Mode;
  /** The share of rows that spot mode reads. */
  readonly ratio: number;
  readonly #onRecord: (record: TableRecord) => void;
  /** Whether a sentence may name keys of it. */
  readonly showsKeys: boolean;
  #stored = new StoredExtents();
  #isBag = false;
  #isDone = false;
  #unfound = new UnfoundKeys();
  #share: SpotShare | null = null;
  readonly #time = new TableTime();
  readonly #tally = new RowTally();
  readonly #findings: KnownFindings;
  readonly #chunks: ChunkTally;
  #isRestarted = false;
  #isOnceEncoded = false;
  /** Whether a rotation will come to the rest of it another time. */
  #isRotated = false;
  #left: LeftTable | null = null;

  /** `onRecord` is told each record once it is taken in; `showsKeys` is false where no sentence may name a key. */
  constructor(
    planned: PlannedTable,
    { mode, ratio }: ModeChoice,
    onRecord: (record: TableRecord) => void = () => undefined,
    showsKeys = true,
  ) {
    this.planned = planned;
    this.mode = mode;
    this.ratio = ratio;
    this.#chunks = new ChunkTally(mode);
    const table = planned.target ?? planned.source;
    this.name = table === null ? '' : qualifiedName(table);
    this.#findings = new KnownFindings(planned.findings);
    this.#onRecord = onRecord;
    this.showsKeys = showsKeys;
  }

  /** Takes in what was learned. */
  record(record: TableRecord): void {
    this.#apply(record);
    this.#onRecord(record);
  }

  /** Takes in what an earlier sitting of the run had learned, which is told to nobody again. */
  restore(records: Iterable<TableRecord>): void {
    for (const record of records) this.#apply(record);
  }

  /** Takes in where rows lie that differ, and that another process stored, and how long it took over its part of the table. */
  adopt(extents: readonly Extent[], elapsedMs: number): void {
    this.#time.addOthers(elapsedMs);
    this.#stored.adopt(extents);
  }

  /** Records a finding, once for all of the table that it concerns. */
  addFinding(finding: Finding): void {
    if (!this.#findings.knows(finding)) this.record({ kind: 'found', finding });
  }

  #apply(record: TableRecord): void {
    switch (record.kind) {
      case 'started':
        this.#time.start(record.atMs);
        break;
      case 'bag':
        this.#isBag = true;
        break;
      case 'compared':
        this.#addRows(record);
        break;
      case 'counted':
        this.#chunks.addCounted();
        this.#tally.addRead(record);
        break;
      case 'unverified':
        this.#chunks.addUnverified();
        this.#findings.add(describeUnverified(this, record));
        break;
      case 'found':
        this.#findings.add(record.finding);
        break;
      case 'sampled':
        this.#share = record.share;
        break;
      case 'restarted':
        this.#restart();
        break;
      case 'misread':
        this.#forgetDifferences();
        break;
      case 'interrupted':
        this.#findings.add(describeInterrupted(this, { by: record.by, open: this.#describeOpen() }));
        break;
      case 'left':
        this.#left = describeLeft(this, record);
        break;
      case 'held':
      case 'drawn':
      case 'pass':
        break;
      case 'rotated':
        this.#isRotated = true;
        break;
      case 'done':
        this.#isDone = true;
        break;
      case 'ended':
        this.#time.end(record.atMs);
        break;
    }
  }

  #addRows(record: ComparedRecord): void {
    const { part, range, unfound, stored } = record;
    this.#stored.add({ part, range, stored });
    this.#chunks.add(record);
    this.#tally.add(record);
    this.#unfound.add(unfound);
    if (record.onceEncoded === true) this.#isOnceEncoded = true;
  }

  /** Which key ranges were not walked; null where that is all of the table, or not known. */
  #describeOpen(): string | null {
    const { pair } = this.planned;
    const isWalked = this.mode === 'full' && !this.#isRestarted && pair?.strategy === 'range';
    return isWalked ? describeSpans(pair, this.#chunks.gaps, this.showsKeys) : null;
  }

  #restart(): void {
    this.#isRestarted = true;
    this.#isOnceEncoded = false;
    this.#isDone = false;
    this.#left = null;
    this.#unfound = new UnfoundKeys();
    this.#chunks.reset();
    this.#tally.reset();
    this.#stored = new StoredExtents();
    this.#findings.forget('chunk-unverified');
  }

  /** Nothing is counted, listed or repaired of rows that differed. */
  #forgetDifferences(): void {
    this.#left = null;
    this.#tally.forgetDifferences();
    this.#stored = new StoredExtents();
  }

  /** The key ranges that were compared, of a table that is walked in full. */
  get coverage(): Coverage {
    return this.#chunks.coverage;
  }

  /** Where its differing rows lie in the spool, in the order of their keys. */
  get stored(): readonly Extent[] {
    return this.#stored.inOrder();
  }

  /** Whether its rows were read once more without an index. */
  get isRestarted(): boolean {
    return this.#isRestarted;
  }

  /** Whether rows are told apart by all of their values, although the table may have a key. */
  get isBag(): boolean {
    return this.#isBag;
  }

  /** Whether its first rows are known to hold no text that was encoded twice. */
  get isOnceEncoded(): boolean {
    return this.#isOnceEncoded;
  }

  /** Why its rows differ, as far as they show it. */
  get explained(): ExplainedTally {
    return this.#tally.explained;
  }

  /** Rows that were there and were not found by their keys. */
  get unfound(): UnfoundRows & { readonly isEmpty: boolean } {
    return this.#unfound;
  }

  /** What spot mode drew of the table. */
  get spotShare(): SpotShare | null {
    return this.#share;
  }

  /** Whether every part was walked to its end. */
  get isDone(): boolean {
    return this.#isDone && this.#left === null;
  }

  /** Whether the rest of it is not read, because enough of its rows differ. */
  get isLeft(): boolean {
    return this.#left !== null;
  }

  /** Whether rows are left that another sitting may be able to compare. */
  get isOpen(): boolean {
    const isUnread = !this.isDone && !this.#isRotated;
    const isUnverified =
      this.#chunks.counts.unverifiedChunks + this.#tally.unsettled.rows > 0 ||
      this.#findings.has('chunk-unverified');
    return this.planned.pair !== null && (isUnread || isUnverified);
  }

  get rows(): Readonly<RowCounts> {
    return this.#tally.rows;
  }

  get differences(): number {
    return this.#tally.differences;
  }

  /** Rows of the larger side that were read. */
  get rowsRead(): number {
    return Math.max(this.#tally.rows.sourceRows, this.#tally.rows.targetRows);
  }

  /** `waived` is how many of the differing rows were accepted. */
  toResult(sample: readonly RowDifference[], diagnoses: readonly Diagnosis[] = [], waived = 0): TableResult {
    const { source, target, pair } = this.planned;
    const undecided = describeUndecided(this.planned, this.#tally.undecided);
    const isRead = this.#chunks.areAllKnown && this.isDone;
    const empty = isRead ? describeEmptyCondition(this.planned, this.#tally.rows) : [];
    const keyNames = pair === null || this.#isBag ? [] : pair.key.map((column) => column.target.name);
    const unsettled = this.#tally.unsettled.describe(this.name, this.showsKeys ? keyNames : null);
    const findings = [
      ...this.#findings.all,
      ...undecided.findings,
      ...empty,
      ...unsettled,
      ...explainLeft(this, this.#left, this.#describeOpen()),
    ];
    const schemaDiffers = hasEffect(findings, 'different');
    return {
      source: source === null ? null : qualifiedName(source),
      target: target === null ? null : qualifiedName(target),
      verdict: verdictOf({
        differences: this.differences + (schemaDiffers ? 1 : 0),
        waived,
        unverified: hasEffect(findings, 'unverified'),
        mode: this.#isRotated && this.mode === 'full' ? 'spot' : this.mode,
      }),
      ...(this.#left !== null && { left: this.#left }),
      mode: this.mode,
      strategy: this.mode === 'count' ? 'count' : this.#isRestarted ? 'bucket' : (pair?.strategy ?? null),
      key: keyNames,
      checksum: this.#chunks.hashers,
      ...this.#tally.rows,
      ...(this.#tally.unsettled.rows > 0 && { unsettled: this.#tally.unsettled.rows }),
      ...(waived > 0 && { waived }),
      coverage: {
        rows: this.rowsRead,
        ...this.#chunks.counts,
      },
      columns: undecided.columns,
      changedColumns: this.#tally.changedColumns,
      elapsedMs: this.#time.elapsedMs,
      findings,
      diagnoses,
      sample,
    };
  }
}
