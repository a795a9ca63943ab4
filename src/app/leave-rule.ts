import type { RunConfig } from '../config/run-config.js';
import { qualifiedName } from '../core/pairing.js';
import type { LeaveRule } from '../run/leave-table.js';
import type { TableState } from '../state/table-state.js';
import type { WaiverBook } from '../waivers/waiver-book.js';

/** When tables are left: at so many differing rows that nobody accepted. Null where each is read to its end. */
export function makeLeaveRule(
  { maxDifferences }: Pick<RunConfig, 'maxDifferences'>,
  book: WaiverBook,
): LeaveRule | null {
  if (maxDifferences === null) return null;
  return {
    mostDifferences: maxDifferences,
    leavesAt: (table) => maxDifferences + countAcceptable(book, table),
  };
}

/**
 * How many rows of a table may turn out to be accepted: what is, is only known once all are explained. Rows that have no key may
 * be accepted by one entry, however many copies there are.
 */
function countAcceptable(book: WaiverBook, { planned: { pair }, isBag }: TableState): number {
  const name = pair === null ? '' : qualifiedName(pair.target);
  if (!book.concerns(name)) return 0;
  return isBag ? Number.POSITIVE_INFINITY : book.mostRowsOf(name);
}
