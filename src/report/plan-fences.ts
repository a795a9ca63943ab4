import type { RunPlan, TablePlan } from '../core/plan.js';
import { visibleMessage, visibleName } from '../words/visible-text.js';

/** The fence of a table, in lines; what is the same of all tables without one is said once for the plan. */
export function formatFence({ fence }: TablePlan): string[] {
  if (fence === null) return [];
  switch (fence.kind) {
    case 'fence': {
      const { way, order, statements } = fence.fence;
      const proves = order === 'global' ? '' : ', which the user vouches for within a table only';
      return [
        `  rows that differ would be looked at behind a fence: ${visibleName(way)}${proves}`,
        `    position: ${visibleMessage(statements.position)}`,
        `    reached: ${visibleMessage(statements.reached)}`,
      ];
    }
    case 'none':
      return fence.grant === null
        ? []
        : [`  no fence, because ${visibleMessage(fence.reason)}`, `    → ${visibleMessage(fence.grant)}`];
    case 'left-out':
      return [`  not replicated as a whole, by the ${fence.side}: ${visibleMessage(fence.filter)}`];
  }
}

/** Why no table has a fence, where that is one reason for all of them. */
export function formatMissingFences({ tables }: Pick<RunPlan, 'tables'>): string[] {
  const reasons = new Set(
    tables.flatMap(({ fence }) => (fence === null ? [] : [fence.kind === 'none' ? fence.reason : ''])),
  );
  const [reason = ''] = reasons;
  if (reasons.size !== 1 || reason === '') return [];
  return [
    `No fence: ${visibleMessage(reason)}. Rows that differ would be looked at for a time where somebody writes.`,
  ];
}
