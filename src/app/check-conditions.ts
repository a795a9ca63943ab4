import { optionError } from '../config/raw-flags.js';
import { RowproofError } from '../core/errors.js';
import { qualifiedName, SIDES, type Side } from '../core/pairing.js';
import type { Table } from '../core/schema.js';
import type { ComparisonScope } from '../plan/selection.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { explainCondition } from './condition-fault.js';
import type { OpenSide } from './open-side.js';

/**
 * Has the servers parse each of the user's conditions, before a row is read with it. A text that is no condition by itself
 * could end ours early and read other rows than it says, or run a statement of its own.
 *
 * Throws a `usage` error for one that is not. What else keeps a server from parsing it is left to the read itself.
 */
export async function assertConditions(
  sides: Readonly<Record<Side, OpenSide>>,
  tables: readonly PlannedTable[],
  scope: ComparisonScope,
): Promise<void> {
  for (const { source, target } of tables) {
    if (source === null || target === null) continue;
    const conditions = scope.where(source.name);
    const partners = { source, target };
    const checked = await Promise.allSettled(
      SIDES.map(async (side) => {
        const condition = conditions[side];
        const flag = side === 'target' && scope.hasOwnTargetWhere(source.name) ? '--target-where' : '--where';
        if (condition === null) return;
        await assertCondition({ side, open: sides[side], table: partners[side], condition, flag });
      }),
    );
    // Of a condition that is wrong on both sides the same is said in every run.
    for (const each of checked) if (each.status === 'rejected') throw each.reason;
  }
}

interface SideCondition {
  readonly side: Side;
  readonly open: OpenSide;
  readonly table: Table;
  readonly condition: string;
  readonly flag: string;
}

async function assertCondition({ side, open, table, condition, flag }: SideCondition): Promise<void> {
  const { engine, session } = open;
  const fault = await session.ask('condition', { table, where: condition });
  if (fault === null) return;
  const { error, statement } = fault;
  if (error instanceof RowproofError) throw error;
  const { code, transient, message } = engine.classifyError(error);
  if (code !== 'read' || transient) return;
  const why = explainCondition({ condition, statement, message });
  throw optionError({
    option: flag,
    message: `What ${flag} says of ${qualifiedName(table)} is no condition on the ${side}: ${why}.`,
    hint: 'Write one SQL condition, as it could stand behind WHERE, in the words of that side (--where, --target-where).',
    cause: error,
  });
}
