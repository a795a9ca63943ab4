import { comparedColumns, isConditional, qualifiedName } from '../core/pairing.js';
import type { Key } from '../core/schema.js';
import { formatCounted } from '../words/number-text.js';
import { buildCopyConditions, copiedValues } from './copy-conditions.js';
import type { RepairedTable } from './repaired-table.js';
import type { RowChange } from './row-change.js';

/**
 * How many rows all statements of a table may read together where no index helps them: each of them looks at the whole
 * table.
 */
const MOST_READ_ROWS = 100_000_000;

/** Why a row cannot be written that nothing but its values names, or null. */
export function findCopyObstacle(change: RowChange, repaired: RepairedTable): string | null {
  const found = findTableObstacle(repaired) ?? findRowObstacle(change, repaired);
  return found === null ? null : `${found}${suggestKey(repaired)}`;
}

/** What else the table is in stays as it is: which of its equal rows others mean, or hide, nobody can say. */
function findTableObstacle({ pair, catalog }: RepairedTable): string | null {
  if (isConditional(pair)) {
    return 'nothing tells its rows apart, and rows that do not meet the condition of the run may equal them';
  }
  const name = qualifiedName(pair.target);
  const key = catalog.foreignKeys.find(({ referencedTable }) => referencedTable === name);
  if (key !== undefined) return `nothing tells its rows apart, and foreign key ${key.name} refers to them`;
  const compared = new Set(comparedColumns(pair).map(({ target }) => target.name));
  const other = pair.target.columns.find((column) => !compared.has(column.name) && !column.generated);
  return other === undefined
    ? null
    : `nothing tells its rows apart, and column ${other.name}, which was not compared, may differ in equal ones`;
}

function findRowObstacle(change: RowChange, repaired: RepairedTable): string | null {
  const { table, size } = repaired;
  if (change.kind === 'insert' && table.insertTrigger !== null) {
    return `nothing tells its rows apart, and trigger ${table.insertTrigger} may store another row than the one that is written`;
  }
  const conditions = buildCopyConditions(change, repaired);
  if (conditions.kind === 'inexact') {
    const { name, declared } = conditions.column;
    return `nothing tells its rows apart, and no condition holds for exactly the value of column ${name} (${declared})`;
  }
  if (conditions.sql === '') return 'nothing tells its rows apart, and it has no column that is written';
  if (copiedValues(change).some(({ to }) => table.leading.has(to.name))) return null;
  return size.rows * size.copies <= MOST_READ_ROWS
    ? null
    : `nothing tells its rows apart, no index helps to find them, and ${formatCounted(size.copies, 'statement')} would read ${formatCounted(size.rows, 'row')} each`;
}

/** An index that leaves out rows with NULL, or holds the beginnings of values, may yet tell all rows apart. */
function suggestKey({ pair }: RepairedTable): string {
  const { source, target } = pair;
  const columnsOf = ({ columns }: Key): string | null => {
    const found = columns.map((name) => comparedColumns(pair).find((each) => each.target.name === name));
    return found.includes(undefined) ? null : found.map((each) => each?.source.name).join(',');
  };
  const [columns] = [
    ...source.keys.filter(({ loose }) => loose).flatMap((key) => key.columns.join(',')),
    ...target.keys.filter(({ loose }) => loose).flatMap((key) => columnsOf(key) ?? []),
  ];
  return columns === undefined ? '' : ` (--key ${source.name}:${columns} may do so)`;
}
