import type { Check, CheckFinding, FindingLevel, GateContext } from '../../core/gate/check.js';
import { finding } from '../findings.js';
import { otherWords } from '../schema/other-words.js';
import { judgeBoth, subjectOf } from '../schema/paired.js';
import { firesForClients, type LoneTrigger, pairedTriggers, type TriggerPair } from './paired-triggers.js';

/** Whether what the source does by triggers is done on the target once the application writes there. */
export const triggers: Check = {
  id: 'triggers',
  group: 'triggers',
  claim: 'every trigger of the source is on the target, and fires when the application writes there',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'triggers', what: 'the triggers' }, (facts) =>
      pairedTriggers(context, facts).flatMap((tables) => [
        ...tables.pairs.flatMap((pair) => judge(pair, context) ?? []),
        ...tables.onSource.flatMap((lone) => missing(lone, tables.pair.target.name, context)),
        ...tables.onTarget.flatMap((lone) => more(lone, tables.pair.source.name, context) ?? []),
      ]),
    ),
};

/** Whether somebody who logs in brings the changes: then triggers of the target are off until the switch. */
function isByClient({ facts }: GateContext): boolean {
  const { applier } = facts.target;
  return applier.known && applier.value.kind === 'none';
}

function judge({ source: trigger, target: partner }: TriggerPair, context: GateContext): CheckFinding | null {
  const { name, table, firing, body } = partner;
  const names = [table, name];
  if (!firesForClients(trigger.firing) || firesForClients(firing))
    return trigger.name === name ? otherWords(trigger.body, body, { names, context }) : null;
  const isRight = isByClient(context) && context.phase !== 'after';
  const { target: schema } = context.schemas;
  return finding(isRight ? 'note' : context.phase === 'preflight' ? 'warning' : 'failed', {
    subject: subjectOf(context, ...names),
    evidence:
      firing === 'never' ? 'it is disabled on the target' : 'it fires on the target for replication alone',
    consequence: isRight ? '' : 'what it does for the application is not done',
    fix: { side: 'target', action: { kind: 'enable-trigger', schema, table, name } },
    advice: isRight ? 'enable it at the switch' : '',
  });
}

function missing({ trigger, events }: LoneTrigger, table: string, context: GateContext): CheckFinding {
  const { name, firing, timing } = trigger;
  const subject = subjectOf(context, table, name);
  if (!firesForClients(firing))
    return finding('note', { subject, evidence: 'the target lacks it; it is disabled on the source' });
  return finding(missingLevel(context), {
    subject,
    evidence: `${timing} ${events.join(' or ')} on the source; the target has no such trigger`,
    consequence: 'what it does for the application is not done',
    advice: 'create it before the application writes to the target',
  });
}

function missingLevel(context: GateContext): FindingLevel {
  const { applier } = context.facts.target;
  if (context.phase === 'after') return 'failed';
  const cannotBeOff = applier.known && !applier.value.canSwitchTriggers;
  if (isByClient(context) && cannotBeOff) return context.phase === 'preflight' ? 'note' : 'warning';
  return context.phase === 'preflight' ? 'warning' : 'failed';
}

/** A trigger of the target alone does more than the source did. */
function more(
  { trigger, events }: LoneTrigger,
  sourceTable: string,
  context: GateContext,
): CheckFinding | null {
  const { name, table, firing, timing } = trigger;
  if (!firesForClients(firing)) return null;
  const subject = subjectOf(context, table, name);
  const { columns } = context.facts.source;
  const touches =
    timing === 'before' &&
    columns.known &&
    columns.value.some((column) => column.table === sourceTable && column.isTouched);
  if (touches)
    return finding('note', {
      subject,
      evidence: 'it may stand for ON UPDATE CURRENT_TIMESTAMP of the source',
    });
  return finding('warning', {
    subject,
    evidence: `${timing} ${events.join(' or ')} on the target; the source has no such trigger`,
    consequence: 'writes of the application do more than they did',
  });
}
