import type { CheckFinding, GateContext } from '../../core/gate/check.js';
import type { TriggerFacts } from '../../core/gate/trigger-facts.js';
import { finding } from '../findings.js';
import { withoutQualifiers } from '../schema/other-words.js';
import { type PairedTable, subjectOf } from '../schema/paired.js';
import { groupedWords } from '../schema/server-words.js';
import type { TriggerPair } from './paired-triggers.js';

/** Says that a trigger fires for other changes than its partner, on servers of one kind: others ask in the body. */
export function firesOtherwise(
  { source, target }: TriggerPair,
  pair: PairedTable,
  context: GateContext,
): CheckFinding | null {
  if (!context.isSameEngine) return null;
  const evidence = otherColumns(source, target, pair) ?? otherCondition(source, target);
  if (evidence === null) return null;
  return finding('warning', {
    subject: subjectOf(context, target.table, target.name),
    evidence,
    consequence: 'it fires for other changes',
    advice: 'drop the trigger and create it again as it is on the source',
  });
}

/** Columns without a partner are not written by the application on both sides. */
function otherColumns(source: TriggerFacts, target: TriggerFacts, pair: PairedTable): string | null {
  const known = new Set(pair.columns.values());
  const wanted = source.columns.flatMap((name) => pair.columns.get(name) ?? []).sort();
  const found = target.columns.filter((name) => known.has(name)).sort();
  const areSameKind = (source.columns.length === 0) === (target.columns.length === 0);
  if (areSameKind && JSON.stringify(wanted) === JSON.stringify(found)) return null;
  const describe = ({ columns }: TriggerFacts): string =>
    columns.length === 0 ? 'of any column' : `of ${columns.join(', ')}`;
  return `on the source it fires on updates ${describe(source)}, on the target ${describe(target)}`;
}

function otherCondition(source: TriggerFacts, target: TriggerFacts): string | null {
  if (source.isForStatements !== target.isForStatements) {
    const once = ({ isForStatements }: TriggerFacts): string => (isForStatements ? 'statement' : 'row');
    return `once for each ${once(source)} on the source, for each ${once(target)} on the target`;
  }
  const words = ({ condition }: TriggerFacts): string | null =>
    condition === null ? null : groupedWords(withoutQualifiers(condition));
  if (words(source) === words(target)) return null;
  if (source.condition === null) return 'it has a condition on the target alone';
  return target.condition === null
    ? 'it has a condition on the source, and none on the target'
    : 'its condition reads otherwise on the target';
}
