import type { Fix, GateContext } from '../../core/gate/check.js';
import type { Column } from '../../core/schema.js';
import type { WantedIndex } from './indexed.js';
import type { PairedTable } from './paired.js';

/** What adds an index or key; null where it is on more than columns, or where the target could not have it as it is. */
export function indexFix(
  { index, columns, hasExpression }: WantedIndex,
  pair: PairedTable,
  { schemas, isSameEngine }: GateContext,
): Fix | null {
  if (hasExpression || index.condition !== null || index.method !== 'ordered' || index.kind === 'exclusion')
    return null;
  // What transactions may put off is a constraint, and no index alone.
  if (isSameEngine && index.isDeferrable) return null;
  const parts = columns.flatMap((column, at) => {
    const own = pair.target.columns.find(({ name }) => name === column);
    const prefix = isSameEngine ? (index.parts[at]?.prefix ?? null) : null;
    return own === undefined || (prefix === null && !fitsWhole(own)) ? [] : [{ column: own.name, prefix }];
  });
  if (parts.length < columns.length) return null;
  const uniqueness = index.kind;
  return {
    side: 'target',
    action: {
      kind: 'add-index',
      schema: schemas.target,
      table: pair.target.name,
      columns: parts,
      uniqueness,
      isPartitioned: pair.target.kind === 'partitioned',
    },
  };
}

/** Text that only its storage ends needs a prefix on some servers. */
function fitsWhole({ type }: Column): boolean {
  return !(type.kind === 'text' && type.mostBytes !== undefined);
}
