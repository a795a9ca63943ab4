import { randomBytes } from 'node:crypto';
import type { RunConfig } from '../config/run-config.js';
import type { ComparisonFacts } from '../core/comparison-facts.js';
import type { SittingsResult } from '../core/result.js';
import type { SavedRun } from '../state/journal/read-sitting.js';
import type { RunJournal } from '../state/journal/run-journal.js';
import { findOpen, type OpenRanges } from '../state/open-ranges.js';
import type { TableState } from '../state/table-state.js';
import { assertSameComparison } from './same-comparison.js';

/** One sitting of a run: a run may need several, in processes of their own. */
export interface Sitting {
  /** Keeps what is learned; null where nothing does. */
  readonly journal: RunJournal | null;
  /** What earlier sittings of the run have learned; null for the first. */
  readonly earlier: SavedRun | null;
  /** Whether the user vouches for other servers than the first sitting had. */
  readonly isSameData: boolean;
}

/**
 * The seed that was asked for, else that of the sittings before, else any. With another one than theirs a sample would draw other
 * rows, and rows that only their values tell apart would be listed in another order.
 */
export function chooseSeed({ seed }: Pick<RunConfig, 'seed'>, { earlier }: Sitting): bigint {
  if (seed !== null) return seed;
  return earlier === null ? randomBytes(8).readBigUInt64BE() : BigInt(earlier.head.facts.seed);
}

/** Begins where earlier sittings ended: refuses what they say nothing about, and takes over what they proved. */
export function beginSitting(
  { journal, earlier, isSameData }: Sitting,
  facts: ComparisonFacts,
  tables: readonly TableState[],
): (table: TableState) => OpenRanges {
  const progress = earlier?.progress ?? new Map();
  if (earlier !== null) {
    const what = `run ${earlier.head.run}`;
    assertSameComparison({ before: earlier.head.facts, now: facts, what, isSameData });
    for (const table of tables) table.restore(progress.get(table.planned.id)?.settled() ?? []);
  }
  journal?.begin(facts, progress);
  const open = new Map(tables.map(({ planned: { id } }) => [id, findOpen(progress.get(id))]));
  return ({ planned: { id } }) => open.get(id) ?? findOpen(undefined);
}

/** What a result says of its sittings; nothing where there was one. */
export function describeSittings({ journal, earlier, isSameData }: Sitting): SittingsResult | null {
  if (earlier === null) return null;
  const oldest = [...earlier.progress.values()].flatMap((progress) => progress.oldest?.atMs ?? []);
  return {
    count: journal?.sitting ?? earlier.head.sitting + 1,
    oldestReadAt: new Date(Math.min(Date.now(), ...oldest)).toISOString(),
    ...(isSameData ? { isSameData } : {}),
  };
}

/** The run that another sitting can go on with; null where nothing is open, and where nothing was kept. */
export function findResumable({ journal }: Sitting, tables: readonly TableState[]): string | null {
  if (journal === null || !tables.some(({ isOpen }) => isOpen)) return null;
  journal.flush();
  return journal.isKept ? journal.run : null;
}

/** Ends a sitting: its journal goes where nothing is open, and else is on the disk. */
export function endSitting(
  { journal }: Sitting,
  { tables, verdict }: { readonly tables: readonly TableState[]; readonly verdict: string },
): void {
  journal?.end({ verdict, open: tables.filter(({ isOpen }) => isOpen).length, isKept: false });
}
