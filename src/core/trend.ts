import type { Verdict } from './verdict.js';

/** How the differing rows of a table stand to those of the runs before; null is what no run can tell. */
export interface RowTrend {
  /** Rows that did not differ when they were last looked at. */
  readonly new: number | null;
  /** Rows that differed then too; `again` of them hold other values than then. */
  readonly persisting: number | null;
  readonly again: number | null;
  /** Rows that differed then, in a table that was now read in full, and are equal. */
  readonly healed: number | null;
}

/** A table on one night. */
export interface TableNight extends RowTrend {
  readonly table: string;
  readonly verdict: Verdict;
  /** Rows that differ, those that are waived too. */
  readonly differing: number;
  readonly waived: number;
  /** Set where it was left once enough of its rows differed, so that more may. */
  readonly isLeft?: true;
}

/** A run that a history holds. */
export interface Night {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly verdict: Verdict;
  readonly source: string;
  readonly target: string;
  readonly tables: readonly TableNight[];
}

/** What all tables of a night come to; null where that is not known of one of them. */
export function sumNight({ tables }: Night): RowTrend & Pick<TableNight, 'differing' | 'waived' | 'isLeft'> {
  const sum = (pick: (table: TableNight) => number | null): number | null => {
    const counts = tables.map(pick);
    return counts.reduce<number | null>(
      (total, each) => (total === null || each === null ? null : total + each),
      0,
    );
  };
  return {
    ...(tables.some(({ isLeft }) => isLeft === true) && { isLeft: true }),
    differing: sum((table) => table.differing) ?? 0,
    waived: sum((table) => table.waived) ?? 0,
    new: sum((table) => table.new),
    persisting: sum((table) => table.persisting),
    again: sum((table) => table.again),
    healed: sum((table) => table.healed),
  };
}
