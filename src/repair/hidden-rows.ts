import type { RowDifference } from '../core/difference.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { RepairDialect } from '../engines/repair.js';
import type { ControlRow } from '../engines/session.js';

/** A side that is asked, and how its SQL is written. */
export interface AskedSide {
  readonly dialect: RepairDialect;
  readonly ask: (sql: string) => Promise<readonly ControlRow[]>;
}

interface HiddenRows {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, AskedSide>>;
  readonly rows: AsyncIterable<RowDifference>;
}

interface Lookup {
  readonly number: number;
  readonly condition: string;
}

const MOST_LOOKUPS = 200;
const NOT_ASKED = 'its key cannot be looked up without the condition of the run';

/**
 * Finds rows that are missing or extra only because the condition of the run hides them on the other side, by number
 * with the reason: a row whose status changed is no longer among those that were compared, but it is there. Deleting the
 * one and inserting the other would lose it.
 */
export async function findHiddenRows({
  pair,
  sides,
  rows,
}: HiddenRows): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const waiting: Record<Side, Lookup[]> = { source: [], target: [] };
  const isHidden: Record<Side, boolean> = {
    source: pair.where.source !== null,
    target: pair.where.target !== null,
  };
  const look = async (side: Side): Promise<void> => {
    const lookups = waiting[side].splice(0);
    if (lookups.length === 0) return;
    const table = sides[side].dialect.quoteOnlyTable(pair[side]);
    const query = lookups.map(
      ({ number, condition }) => `SELECT ${number} AS n FROM ${table} WHERE ${condition}`,
    );
    for (const row of await sides[side].ask(query.join(' UNION ALL '))) {
      found.set(
        Number(row.n),
        `the ${side} has a row with this key that does not meet the condition of the run`,
      );
    }
  };
  let number = -1;
  for await (const { kind, key } of rows) {
    number++;
    const side = kind === 'missing' ? 'target' : 'source';
    if (kind === 'changed' || key === null || !isHidden[side]) continue;
    const condition = buildCondition(pair, side, { key, dialect: sides[side].dialect });
    if (condition === null) found.set(number, NOT_ASKED);
    else waiting[side].push({ number, condition });
    if (waiting[side].length >= MOST_LOOKUPS) await look(side);
  }
  await look('source');
  await look('target');
  return found;
}

/** The key in the form of the side that is asked; null where a rule stands between the two forms. */
function buildCondition(
  pair: TablePair,
  side: Side,
  { key, dialect }: { readonly key: NonNullable<RowDifference['key']>; readonly dialect: RepairDialect },
): string | null {
  const other = side === 'source' ? 'target' : 'source';
  const conditions = pair.key.map((column) => {
    if (column.rule.kind !== 'plain') return null;
    const value = key[column.target.name] ?? null;
    return dialect.buildKeyCondition({ value, from: column[other], to: column[side] });
  });
  return conditions.length === 0 || conditions.includes(null) ? null : conditions.join(' AND ');
}
