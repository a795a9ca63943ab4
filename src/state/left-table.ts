import type { Finding } from '../core/finding.js';
import type { LeftTable } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { formatCount, formatCounted } from '../words/number-text.js';

/** What is known of a table whose rest is not read. */
interface LeftState {
  readonly planned: PlannedTable;
  readonly name: string;
  /** Whether it was read as a whole after all. */
  readonly isRestarted: boolean;
  readonly differences: number;
  readonly rowsRead: number;
}

/** What a result says of a table that is left at so many differing rows. */
export function describeLeft(
  { planned }: Pick<LeftState, 'planned'>,
  { mostDifferences }: Pick<LeftTable, 'mostDifferences'>,
): LeftTable {
  return { mostDifferences, estimatedRows: planned.source?.estimatedRows ?? null };
}

/**
 * That a table was left because enough of its rows differ, and how much of it was read; nothing where it was not. `open` says
 * which rows were not, null where that is not known.
 */
export function explainLeft(
  { planned, name, isRestarted, differences, rowsRead }: LeftState,
  left: LeftTable | null,
  open: string | null,
): Finding[] {
  if (left === null) return [];
  const { mostDifferences, estimatedRows } = left;
  const differ = `${formatCounted(differences, 'row')} of ${name} ${differences === 1 ? 'differs' : 'differ'}`;
  const isWhole = isRestarted || planned.pair?.strategy === 'bucket';
  const read = isWhole
    ? 'before all that differ were looked at one by one'
    : `after ${describeRead(rowsRead, estimatedRows)}`;
  const rest = open === null ? '' : `; rows with ${open} were not compared`;
  return [
    {
      code: 'table-left',
      about: { table: name, detail: `${differences} of ${rowsRead}, ${open ?? ''}` },
      message: `At least ${differ}: it was left at --max-differences ${mostDifferences}, ${read}${rest}.`,
      hint: 'Read the rest with rowproof resume, or run again without --max-differences.',
    },
  ];
}

/** An estimate that was passed already says nothing. */
function describeRead(rowsRead: number, estimatedRows: number | null): string {
  return estimatedRows === null || estimatedRows <= rowsRead
    ? formatCounted(rowsRead, 'row')
    : `${formatCount(rowsRead)} of about ${formatCounted(estimatedRows, 'row')}`;
}
