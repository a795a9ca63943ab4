import type { Check, CheckFinding, FindingLevel, GateContext } from '../../core/gate/check.js';
import type { EventFacts, RoutineFacts, ViewFacts } from '../../core/gate/object-facts.js';
import { finding, unknownFinding } from '../findings.js';
import { otherWords } from './other-words.js';
import { findByName, judgeBoth, lackLevel, subjectOf } from './paired.js';

/** Whether queries find the views that they name. */
export const views: Check = {
  id: 'views',
  group: 'schema',
  claim: 'every view of the source is on the target',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'views', what: 'the views' }, ({ source, target }) => [
      ...source.flatMap((view) => judgeView(view, target, context) ?? []),
      ...target
        .filter((view) => findByName(view.name, source) === null)
        .map((view) => onTargetAlone(view.name, context)),
    ]),
};

function judgeView(view: ViewFacts, others: readonly ViewFacts[], context: GateContext): CheckFinding | null {
  const partner = findByName(view.name, others);
  if (partner === null) {
    // Some make a table of it, which answers the same queries for a while.
    const { storedTables } = context.facts.target;
    const isTable =
      storedTables.known &&
      findByName(
        view.name,
        storedTables.value.map(({ table }) => ({ name: table })),
      ) !== null;
    return finding(isTable ? 'warning' : objectLevel(context), {
      subject: subjectOf(context, view.name),
      evidence: isTable ? 'a view on the source, a table on the target' : 'the target has no such view',
      consequence: isTable ? 'what it shows stays as it is' : 'queries that read it fail',
    });
  }
  return otherWords(view.definition, partner.definition, { names: [partner.name], context });
}

/** Where only some tables are looked at, what belongs to others may be left out on purpose. */
function objectLevel({ phase, isWholeSchema }: GateContext): FindingLevel {
  return isWholeSchema ? lackLevel(phase) : 'note';
}

function onTargetAlone(name: string, context: GateContext): CheckFinding {
  return finding('note', { subject: subjectOf(context, name), evidence: 'on the target alone' });
}

/** Whether the application finds the functions and procedures that it calls. */
export const routines: Check = {
  id: 'routines',
  group: 'schema',
  claim: 'every function and procedure of the source is on the target',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'routines', what: 'the routines' }, ({ source, target }) => [
      ...source.flatMap((routine) => judgeRoutine(routine, target, context) ?? []),
      ...target
        .filter((routine) => partnersOf(routine, source, context).length === 0)
        .map(({ name, signature }) => onTargetAlone(describe(name, signature), context)),
    ]),
};

const describe = (name: string, signature: string): string =>
  signature === '' ? name : `${name}(${signature})`;

function partnersOf(
  { name, signature, kind }: RoutineFacts,
  others: readonly RoutineFacts[],
  { isSameEngine }: GateContext,
): readonly RoutineFacts[] {
  if (isSameEngine)
    return others.filter(
      (other) =>
        other.name.toLowerCase() === name.toLowerCase() &&
        other.signature === signature &&
        other.kind === kind,
    );
  const partner = findByName(name, others);
  return partner === null ? [] : [partner];
}

function judgeRoutine(
  routine: RoutineFacts,
  others: readonly RoutineFacts[],
  context: GateContext,
): CheckFinding | null {
  const { name, signature, isForTriggers, body } = routine;
  const [partner] = partnersOf(routine, others, context);
  if (partner !== undefined)
    return otherWords(body, partner.body, { names: [describe(partner.name, partner.signature)], context });
  // Where triggers hold their own statements, their functions have no partners.
  if (isForTriggers && !context.isSameEngine) return null;
  // Across kinds of servers much of this moves into the application.
  return finding(context.isSameEngine || !context.isWholeSchema ? objectLevel(context) : 'warning', {
    subject: subjectOf(context, describe(name, signature)),
    evidence: `the target has no such ${routine.kind}`,
    consequence: 'calls of it fail',
  });
}

/** Whether what the source does by itself at certain times is done by the target, and not by both at once. */
export const events: Check = {
  id: 'events',
  group: 'schema',
  claim: 'every event of the source is on the target, and runs on one of the two',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { source, target } = { source: context.facts.source.events, target: context.facts.target.events };
    if (source.known && !target.known && target.isAbsent === true)
      return source.value.flatMap((event) => nowhere(event, context));
    if (!source.known && source.isAbsent === true) return [unknownFinding('source', source, '') ?? []].flat();
    return judgeBoth(context, { name: 'events', what: 'the events' }, (values) =>
      values.source.flatMap((event) => judgeEvent(event, values.target, context) ?? []),
    );
  },
};

function nowhere({ name, state }: EventFacts, context: GateContext): CheckFinding[] {
  if (state === 'disabled') return [];
  return [
    finding('warning', {
      subject: subjectOf(context, name),
      evidence: 'an event on the source; servers of the target run none',
      consequence: 'nobody does its work',
      advice: 'have a scheduler do it, and accept this',
    }),
  ];
}

function judgeEvent(
  event: EventFacts,
  others: readonly EventFacts[],
  context: GateContext,
): CheckFinding | null {
  const partner = findByName(event.name, others);
  const subject = subjectOf(context, partner?.name ?? event.name);
  const isAfter = context.phase === 'after';
  if (partner === null)
    return event.state === 'disabled' && !isAfter
      ? finding('note', { subject, evidence: 'the target lacks it; it is disabled on the source' })
      : finding(objectLevel(context), {
          subject,
          evidence: 'the target has no such event',
          consequence: 'nobody does its work',
        });
  return isAfter ? judgeAfter(event, partner, { subject, context }) : judgeBefore(event, partner, subject);
}

/** While the application runs on the source, its events run there alone. */
function judgeBefore(event: EventFacts, partner: EventFacts, subject: string): CheckFinding | null {
  if (partner.state !== 'enabled')
    return finding('note', { subject, evidence: 'it waits on the target, to be enabled at the switch' });
  if (!partner.isScheduled || event.state !== 'enabled' || !event.isScheduled) return null;
  return finding('warning', {
    subject,
    evidence: 'it is enabled on both sides, and both run their events',
    consequence: 'its work is done twice, and the rows differ',
    advice: 'disable it on the target until the switch',
  });
}

function judgeAfter(
  event: EventFacts,
  { name, state, isScheduled }: EventFacts,
  { subject, context }: { readonly subject: string; readonly context: GateContext },
): CheckFinding | null {
  if (state === 'enabled' && (isScheduled || !event.isScheduled)) return null;
  if (state === 'enabled')
    return finding('failed', {
      subject,
      evidence: 'it is enabled, and the target runs no events',
      consequence: 'nobody does its work',
      advice: 'switch the event scheduler on',
    });
  // One that somebody disabled may be off on both sides for good; one that came by replication waits for this moment.
  const isMeant = state === 'disabled' && event.state === 'disabled';
  return finding(isMeant ? 'note' : 'failed', {
    subject,
    evidence: isMeant ? 'it is disabled on both sides' : 'it is not enabled on the target',
    consequence: isMeant ? '' : 'nobody does its work',
    fix: isMeant
      ? null
      : { side: 'target', action: { kind: 'enable-event', schema: context.schemas.target, name } },
  });
}
