import type { RunConfig } from '../config/run-config.js';
import { qualifiedName } from '../core/pairing.js';
import type { LeaveRule } from '../run/leave-rule.js';
import type { OpenRanges } from '../state/open-ranges.js';
import type { TableState } from '../state/table-state.js';
import type { WaiverBook } from '../waivers/waiver-book.js';

interface LeaveAsk extends Pick<RunConfig, 'maxDifferences'> {
  readonly book: WaiverBook;
  /** How many differing rows of a table are known, and no reason to leave it. */
  readonly mostKnown: (table: string) => number;
  /** What of a table is left to be read. */
  readonly openOf: (table: TableState) => Pick<OpenRanges, 'isComplete'>;
}

/**
 * When tables are left: at so many differing rows that nobody accepted or knows. Null where each is read to its end.
 *
 * Which rows are accepted is only known once all are explained, so that as many more are read as could be. Rows that have no key may be
 * accepted by one entry, however many copies there are: their table is not left where there is any. Nor is one that an earlier
 * sitting has read to its end: all that differs in it would become a part of it.
 */
export function makeLeaveRule({ maxDifferences, book, mostKnown, openOf }: LeaveAsk): LeaveRule | null {
  if (maxDifferences === null) return null;
  return {
    mostDifferences: maxDifferences,
    leavesAt: (table) => {
      if (openOf(table).isComplete) return Number.POSITIVE_INFINITY;
      const { isBag } = table;
      const { pair } = table.planned;
      const name = pair === null ? '' : qualifiedName(pair.target);
      const acceptable = book.mostRowsOf(name) + mostKnown(name);
      return maxDifferences + (isBag && acceptable > 0 ? Number.POSITIVE_INFINITY : acceptable);
    },
  };
}
