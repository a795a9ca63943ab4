import { randomBytes } from 'node:crypto';
import type { ComparisonFacts } from '../core/comparison-facts.js';
import { intersect } from '../core/coverage.js';
import type { Finding } from '../core/finding.js';
import type { TableId } from '../core/pairing.js';
import type { SittingsResult } from '../core/result.js';
import { type Share, type TableShare, tablesOf } from '../core/share.js';
import type { RunFacts } from '../state/build-result.js';
import type { SavedRun } from '../state/journal/read-sitting.js';
import type { RunJournal } from '../state/journal/run-journal.js';
import { findOpen, NOTHING_OPEN, type OpenRanges } from '../state/open-ranges.js';
import { PartRecords } from '../state/parts/part-records.js';
import { renewProgress } from '../state/rotation.js';
import type { Spool } from '../state/spool.js';
import type { TableProgress } from '../state/table-progress.js';
import type { TableRecord } from '../state/table-record.js';
import type { TableState } from '../state/table-state.js';
import { describePart, type PartOutcome, type PartRun } from './part-outcome.js';
import type { Parts } from './read-parts.js';
import { noteRotation, noteVainTurn, type Rotation } from './rotation.js';
import { assertSameComparison, describeAnyChange } from './same-comparison.js';
import { describeParts, describeRepeatedParts, takeParts } from './take-parts.js';

/** One sitting of a run: a run may need several, in processes of their own. */
export interface Sitting {
  /** Keeps what is learned; null where nothing does. */
  readonly journal: RunJournal | null;
  /** What earlier sittings of the run have learned; null for the first. */
  readonly earlier: SavedRun | null;
  /** Whether the user vouches for other servers than the first sitting had. */
  readonly isSameData: boolean;
  /** The part of a planned run that it is; null for all of a run. */
  readonly share: Share | null;
  /** The parts whose results are joined instead of reading rows; null where rows are read. */
  readonly parts: Parts | null;
  /** That rows are read in turns; null where all of them are. */
  readonly rotation: Rotation | null;
}

/** A sitting under way. */
export class RunningSitting {
  readonly sitting: Sitting;
  /** What a part learns; null where it is all of a run. */
  readonly records: PartRecords | null;
  #open: ReadonlyMap<TableId, OpenRanges> = new Map();
  #ages: ReadonlyMap<TableId, TableProgress> = new Map();
  #sinceMs = Date.now();
  /** Tables that a turn has begun to read. */
  readonly #begun = new Set<TableState>();
  /** When the oldest of what a turn did not come to was compared; null where it came to all. */
  #oldestMs: number | null = null;
  /** Why a rotation began anew; null where it did not. */
  #restart: string | null = null;

  constructor(sitting: Sitting) {
    this.sitting = sitting;
    this.records = sitting.share === null ? null : new PartRecords();
  }

  /** Whether this sitting is not about all rows, so that how many there are says nothing. */
  get readsSome(): boolean {
    return this.isPart || this.sitting.rotation !== null;
  }

  /** Whether the tables, or some of their rows, are those of a part only. */
  get isPart(): boolean {
    return this.sitting.share !== null;
  }

  /**
   * Begins where earlier sittings ended: refuses what they, or the plan, say nothing about, and takes over what they proved.
   * Returns the tables that this sitting has to do with.
   */
  begin(facts: ComparisonFacts, tables: readonly TableState[], spool: Spool): readonly TableState[] {
    const { journal, earlier, isSameData, share, parts } = this.sitting;
    if (parts !== null) {
      assertSameComparison({
        before: parts.plan.facts,
        now: facts,
        what: 'the parts',
        begin: 'rowproof plan --parts',
        isSameData,
      });
      takeParts(parts, tables, spool);
      return tables;
    }
    if (this.sitting.rotation !== null) return this.#beginTurn(facts, tables);
    if (share !== null)
      assertSameComparison({
        before: share.plan.facts,
        now: facts,
        what: 'the plan',
        begin: 'rowproof plan --parts',
        isSameData,
      });
    if (earlier !== null) {
      const what = `run ${earlier.head.run}`;
      assertSameComparison({ before: earlier.head.facts, now: facts, what, isSameData });
    }
    const progress = earlier?.progress ?? new Map();
    const shares = share === null ? null : new Map(tablesOf(share).map((each) => [each.id, each]));
    const own = shares === null ? tables : tables.filter(({ planned }) => shares.has(planned.id));
    journal?.begin(facts, progress);
    for (const table of own) this.#restore(table);
    this.#open = new Map(
      own.map(({ planned: { id } }) => [id, withinShare(findOpen(progress.get(id)), shares?.get(id))]),
    );
    return own;
  }

  /** Rows are read anew in each turn. Where what was asked, or a schema, has changed meanwhile, the rotation begins anew. */
  #beginTurn(facts: ComparisonFacts, tables: readonly TableState[]): readonly TableState[] {
    const { journal, earlier, isSameData } = this.sitting;
    const change =
      earlier === null
        ? null
        : describeAnyChange({ before: earlier.head.facts, now: facts, what: 'the rotation', isSameData });
    if (change !== null) this.#restart = change.text;
    const known = earlier === null || change !== null ? [] : [...earlier.progress];
    this.#ages = new Map(known.map(([id, progress]) => [id, renewProgress(progress)]));
    const sinceAt = change === null ? (earlier?.head.startedAt ?? null) : null;
    if (sinceAt !== null) this.#sinceMs = Date.parse(sinceAt);
    journal?.begin(facts, this.#ages, { startsAnew: change !== null });
    return tables;
  }

  /** What earlier turns know of each table; null where rows are not read in turns. */
  get ages(): ((table: TableState) => TableProgress | undefined) | null {
    return this.sitting.rotation === null ? null : ({ planned: { id } }) => this.#ages.get(id);
  }

  /** Says of each table that the turn did not come to the end of how old what is known of the rest is. */
  endTurn(tables: readonly TableState[]): void {
    const { rotation } = this.sitting;
    if (rotation === null) return;
    noteVainTurn(tables);
    for (const table of tables) {
      const before = this.#ages.get(table.planned.id);
      const isBegun = this.#begun.has(table);
      const oldestMs = noteRotation({
        table,
        before,
        rotation,
        isBegun,
        sinceMs: this.#sinceMs,
        nowMs: Date.now(),
      });
      if (oldestMs !== null) this.#oldestMs = Math.min(this.#oldestMs ?? oldestMs, oldestMs);
    }
  }

  #restore(table: TableState): void {
    const { id } = table.planned;
    const progress = this.sitting.earlier?.progress.get(id);
    if (progress === undefined) return;
    for (const learned of progress.settled()) {
      table.restore([learned.record]);
      this.records?.add(id, learned);
    }
  }

  /** Takes in what was learned of a table. */
  learn(table: TableState, record: TableRecord): void {
    const { journal } = this.sitting;
    const { id } = table.planned;
    if (record.kind === 'pass') this.#begun.add(table);
    journal?.record(id, record);
    this.records?.add(id, { record, sitting: journal?.sitting ?? 1, atMs: Date.now() });
  }

  /** What of a table is left to be read. */
  openOf(table: TableState): OpenRanges {
    if (this.sitting.parts !== null) return NOTHING_OPEN;
    return this.#open.get(table.planned.id) ?? findOpen(undefined);
  }

  /** What is to be said of how parts were joined. */
  async listFindings(): Promise<readonly Finding[]> {
    const { parts } = this.sitting;
    const repeated = parts === null ? [] : await describeRepeatedParts(parts);
    return this.#restart === null ? repeated : [...repeated, restarted(this.#restart)];
  }

  /** What a result says of how it came about. */
  describe(): Pick<RunFacts, 'run' | 'sittings' | 'part' | 'parts'> {
    const { journal, share, parts, isSameData } = this.sitting;
    return {
      run: journal?.run ?? null,
      sittings: this.#describeSittings(),
      part: share === null ? null : { plan: share.plan.id, part: share.part, of: share.plan.parts.length },
      parts: parts === null ? null : describeParts(parts, isSameData),
    };
  }

  #describeSittings(): SittingsResult | null {
    const { journal, earlier, isSameData } = this.sitting;
    if (this.sitting.rotation !== null) {
      const oldestReadAt = this.#oldestMs === null ? null : new Date(this.#oldestMs).toISOString();
      return oldestReadAt === null ? null : { count: journal?.sitting ?? 1, oldestReadAt };
    }
    if (earlier === null) return null;
    const oldest = [...earlier.progress.values()].flatMap((progress) => progress.oldest?.atMs ?? []);
    return {
      count: journal?.sitting ?? earlier.head.sitting + 1,
      oldestReadAt: new Date(Math.min(Date.now(), ...oldest)).toISOString(),
      ...(isSameData ? { isSameData } : {}),
    };
  }

  /** What a part leaves; null where it is all of a run. */
  describePart(run: Omit<PartRun, 'share' | 'records' | 'run' | 'isSameData'>): PartOutcome | null {
    const { share, journal, isSameData } = this.sitting;
    if (share === null || this.records === null) return null;
    const name = journal?.run ?? randomBytes(6).toString('hex');
    return describePart({ ...run, share, isSameData, records: this.records, run: name });
  }

  /** The run that another sitting can go on with; null where nothing is open, and where nothing was kept. */
  findResumable(tables: readonly TableState[]): string | null {
    const { journal } = this.sitting;
    if (journal === null || !tables.some(({ isOpen }) => isOpen)) return null;
    journal.flush();
    return journal.isKept ? journal.run : null;
  }

  /** Ends the sitting: its journal goes where nothing is open, and else is on the disk. */
  end({ tables, verdict }: { readonly tables: readonly TableState[]; readonly verdict: string }): void {
    const open = tables.filter(({ isOpen }) => isOpen).length;
    const differs = tables.some(({ differences }) => differences > 0);
    this.sitting.journal?.end({ verdict, open, differs });
  }
}

function withinShare(open: OpenRanges, share: TableShare | undefined): OpenRanges {
  if (share === undefined || share.ranges === null) return open;
  const ranges = share.ranges.flatMap((range) => intersect(open.ranges, range));
  const isComplete = open.isComplete || ranges.length === 0;
  return { ...open, ranges, isComplete, isFinished: ranges.length + open.again.length === 0 };
}

function restarted(reason: string): Finding {
  return {
    code: 'rotation-restarted',
    message: `The rotation begins anew, and nothing of what it had compared counts: ${reason}.`,
    hint: '',
  };
}

/** The seed of the row hash that earlier sittings, or a plan, have chosen; null where none has. */
export function seedOf({ earlier, share, parts }: Sitting): bigint | null {
  const facts = earlier?.head.facts ?? share?.plan.facts ?? parts?.plan.facts;
  return facts === undefined ? null : BigInt(facts.seed);
}
