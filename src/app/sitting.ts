import { randomBytes } from 'node:crypto';
import type { ComparisonFacts } from '../core/comparison-facts.js';
import { intersect } from '../core/coverage.js';
import type { TableId } from '../core/pairing.js';
import type { SittingsResult } from '../core/result.js';
import { type Share, type TableShare, tablesOf } from '../core/share.js';
import type { RunFacts } from '../state/build-result.js';
import type { SavedRun } from '../state/journal/read-sitting.js';
import type { RunJournal } from '../state/journal/run-journal.js';
import { findOpen, NOTHING_OPEN, type OpenRanges } from '../state/open-ranges.js';
import { PartRecords } from '../state/parts/part-records.js';
import type { Spool } from '../state/spool.js';
import type { TableRecord } from '../state/table-record.js';
import type { TableState } from '../state/table-state.js';
import { describePart, type PartOutcome, type PartRun } from './part-outcome.js';
import type { Parts } from './read-parts.js';
import { assertSameComparison } from './same-comparison.js';
import { describeParts, takeParts } from './take-parts.js';

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
}

/** A sitting under way. */
export class RunningSitting {
  readonly sitting: Sitting;
  /** What a part learns; null where it is all of a run. */
  readonly records: PartRecords | null;
  #open: ReadonlyMap<TableId, OpenRanges> = new Map();

  constructor(sitting: Sitting) {
    this.sitting = sitting;
    this.records = sitting.share === null ? null : new PartRecords();
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
      assertSameComparison({ before: parts.plan.facts, now: facts, what: 'the parts', isSameData });
      takeParts(parts, tables, spool);
      return tables;
    }
    if (share !== null)
      assertSameComparison({ before: share.plan.facts, now: facts, what: 'the plan', isSameData });
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
    journal?.record(id, record);
    this.records?.add(id, { record, sitting: journal?.sitting ?? 1, atMs: Date.now() });
  }

  /** What of a table is left to be read. */
  openOf(table: TableState): OpenRanges {
    if (this.sitting.parts !== null) return NOTHING_OPEN;
    return this.#open.get(table.planned.id) ?? findOpen(undefined);
  }

  /** What a result says of how it came about. */
  describe(): Pick<RunFacts, 'sittings' | 'part' | 'parts'> {
    const { share, parts, isSameData } = this.sitting;
    return {
      sittings: this.#describeSittings(),
      part: share === null ? null : { plan: share.plan.id, part: share.part, of: share.plan.parts.length },
      parts: parts === null ? null : describeParts(parts, isSameData),
    };
  }

  #describeSittings(): SittingsResult | null {
    const { journal, earlier, isSameData } = this.sitting;
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
    this.sitting.journal?.end({ verdict, open, isKept: false });
  }
}

function withinShare(open: OpenRanges, share: TableShare | undefined): OpenRanges {
  if (share === undefined || share.ranges === null) return open;
  const ranges = share.ranges.flatMap((range) => intersect(open.ranges, range));
  return { ...open, ranges, isFinished: ranges.length + open.again.length === 0 };
}

/** The seed of the row hash that earlier sittings, or a plan, have chosen; null where none has. */
export function seedOf({ earlier, share, parts }: Sitting): bigint | null {
  const facts = earlier?.head.facts ?? share?.plan.facts ?? parts?.plan.facts;
  return facts === undefined ? null : BigInt(facts.seed);
}
