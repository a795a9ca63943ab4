import type { Diagnosis } from '../core/diagnosis.js';
import type { TableResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { formatTableName } from '../words/table-name.js';
import { describeCounts, formatEvidence, indented, nameCause } from './diagnosis-listing.js';
import type { Paint } from './paint.js';

/** From so many tables on a cause is one of the migration, and no longer one of each table. */
const LEAST_TABLES = 3;
/** More tables than this belong into the JSON result. */
const MOST_LISTED = 12;
const DEEPER = '    ';

/** A cause that several tables have in common. */
export type SharedCause = readonly [FoundCause, ...FoundCause[]];

interface FoundCause {
  readonly table: TableResult;
  readonly diagnosis: Diagnosis;
}

/** Finds causes of the same kind, with the same detail, in at least three tables, in the order in which they are met. */
export function findSharedCauses(tables: readonly TableResult[]): SharedCause[] {
  const groups = new Map<string, FoundCause[]>();
  for (const table of tables) {
    // A result that an earlier version saved has none.
    for (const diagnosis of table.diagnoses ?? []) {
      const name = JSON.stringify([diagnosis.cause, diagnosis.evidence.detail]);
      groups.set(name, [...(groups.get(name) ?? []), { table, diagnosis }]);
    }
  }
  return [...groups.values()].flatMap((found) => {
    const [first, ...others] = found;
    return first === undefined || countTables(found) < LEAST_TABLES ? [] : [[first, ...others] as const];
  });
}

interface Listing {
  readonly shared: readonly SharedCause[];
  readonly width: number;
  readonly paint: Paint;
}

/** Says each shared cause once, with the tables and columns that have it, and one example; empty where there is none. */
export function formatSharedCauses({ shared, width, paint }: Listing): string {
  if (shared.length === 0) return '';
  const lines = shared.flatMap((found) => {
    const [first] = found;
    const places = found.slice(0, MOST_LISTED).map(describePlace);
    const more = found.length - places.length;
    if (more > 0) places.push(`… and ${formatCount(more)} more; --report json=PATH writes every one`);
    return [
      ...indented(`${nameCause(first.diagnosis)}: in ${formatCounted(countTables(found), 'table')}`, {
        width,
      }),
      ...places.flatMap((text) => indented(text, { width, indent: DEEPER })),
      ...formatEvidence({ ...first, place: `${formatTableName(first.table)}, `, width }),
    ];
  });
  return [paint('strong', 'Why, in several tables'), ...lines].join('\n');
}

function describePlace({ table, diagnosis }: FoundCause): string {
  return `${formatTableName(table)}: ${describeCounts(diagnosis)} (${diagnosis.confidence})`;
}

function countTables(found: readonly FoundCause[]): number {
  return new Set(found.map(({ table }) => table)).size;
}
