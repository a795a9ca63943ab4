import type { TableId } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import { LEAST_TABLE_ROWS } from './checksum-choice.js';
import type { LinkLooks } from './link-watch.js';

/** Where more than one row in so many differs, much would be hashed in vain. */
const FEW_DIFFER = 1000;
/** Tables that are named of those that would be read all the same. */
const MOST_NAMED = 3;

/** What is known where the link was the limit. */
export interface LinkAdvice {
  readonly looks: LinkLooks;
  readonly tables: readonly TableState[];
  /** Why the servers may not hash the rows of a table pair, or null where they may. */
  readonly obstacles: ReadonlyMap<TableId, string | null>;
}

/** Says of the tables that the servers may hash that the network was the limit, and what would be read if they did. */
export function adviseChecksums({ looks, tables, obstacles }: LinkAdvice): void {
  const isLarge = ({ planned: { pair } }: TableState): boolean =>
    (pair?.source.estimatedRows ?? LEAST_TABLE_ROWS) >= LEAST_TABLE_ROWS;
  const read = tables.filter((table) => obstacles.has(table.planned.id) && isLarge(table));
  const others = read.filter((table) => obstacles.get(table.planned.id) !== null);
  const hint = `With --checksum-on auto the servers hash such tables themselves where that is faster, which takes more of their processors, and only parts that differ are read${tellOthers(others, obstacles)}.`;
  for (const table of read) {
    const isDamaged = table.differences * FEW_DIFFER > (table.planned.pair?.source.estimatedRows ?? 0);
    if (obstacles.get(table.planned.id) !== null || isDamaged) continue;
    table.addFinding({
      code: 'link-limited',
      about: { table: table.name, detail: `${looks.waiting} of ${looks.looks}` },
      message: `The network was the limit while rows were read: in ${looks.waiting} of ${looks.looks} looks both servers had sent what was asked of them, or waited until it was taken, and Rowproof had little to do.`,
      hint,
    });
  }
}

function tellOthers(others: readonly TableState[], obstacles: LinkAdvice['obstacles']): string {
  if (others.length === 0) return '';
  const named = others
    .slice(0, MOST_NAMED)
    .map(({ name, planned }) => `${name} (${obstacles.get(planned.id)})`)
    .join(', ');
  const more = others.length - MOST_NAMED;
  return `; all rows would still be read of ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
