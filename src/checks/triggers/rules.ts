import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { Fact } from '../../core/gate/fact.js';
import { known } from '../../core/gate/fact.js';
import type { RuleFacts } from '../../core/gate/rule-facts.js';
import { bothKnown, finding } from '../findings.js';
import { otherWords } from '../schema/other-words.js';
import { lackLevel, subjectOf } from '../schema/paired.js';
import { pairedRules } from './paired-rules.js';
import { firesForClients, isByClient } from './paired-triggers.js';

type Rules = Fact<readonly RuleFacts[]>;

/** Whether statements of the application are written anew on the target as they are on the source, and not otherwise: a rule may lose each of them. */
export const rules: Check = {
  id: 'rules',
  group: 'triggers',
  claim: 'rules write statements anew on the target as they do on the source',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { source, target } = context.facts;
    const hasNone = [source.rules, target.rules].every((fact) => !fact.known && fact.isAbsent === true);
    const facts = hasNone
      ? { source: source.rules, target: target.rules }
      : { source: noneWhereAbsent(source.rules), target: noneWhereAbsent(target.rules) };
    const both = bothKnown(facts, { what: 'the rules' });
    if ('missing' in both) return both.missing;
    return pairedRules(context, both.values).flatMap(({ pair, pairs, onSource, onTarget }) => [
      ...pairs.flatMap((rulePair) => judge(rulePair, context) ?? []),
      ...onSource.flatMap((rule) => missing(rule, pair.target.name, context)),
      ...onTarget.flatMap((rule) => more(rule, 'the source has no such rule', context) ?? []),
    ]);
  },
};

/** Servers that know no rules have none, and those of the other side are without a partner. */
function noneWhereAbsent(fact: Rules): Rules {
  return !fact.known && fact.isAbsent === true ? known([]) : fact;
}

const OFF_ON_SOURCE = 'it is switched off on the source';
const LEFT_OUT = 'what it does to statements of the application is not done';

function describe({ event, isInstead }: RuleFacts): string {
  return `on ${event}, ${isInstead ? 'in place of' : 'beside'} the statement`;
}

function judge(
  { source, target }: { readonly source: RuleFacts; readonly target: RuleFacts },
  context: GateContext,
): CheckFinding | null {
  const [before, now] = [firesForClients(source.firing), firesForClients(target.firing)];
  if (!before) return now ? more(target, OFF_ON_SOURCE, context) : null;
  if (!now) return switchedOff(target, context);
  if (source.isInstead !== target.isInstead)
    return finding('failed', {
      subject: subjectOf(context, target.table, target.name),
      evidence: `${describe(source)} on the source, ${target.isInstead ? 'in place of' : 'beside'} it on the target`,
      consequence: target.isInstead
        ? 'what the application writes is lost'
        : 'what the application writes is written beside what the rule says',
      advice: 'drop the rule and create it again as it is on the source',
    });
  return otherWords(source.definition, target.definition, { names: [target.table, target.name], context });
}

/** Where somebody who logs in brings the changes, rules that are off until the switch are right. */
function switchedOff(rule: RuleFacts, context: GateContext): CheckFinding {
  const isRight = isByClient(context) && context.phase !== 'after';
  return finding(isRight ? 'note' : 'warning', {
    subject: subjectOf(context, rule.table, rule.name),
    evidence: `${describe(rule)}, switched off on the target, and not on the source`,
    consequence: isRight ? '' : LEFT_OUT,
    advice: isRight
      ? 'enable the rule at the switch'
      : 'enable the rule before the application writes to the target',
  });
}

function missing(rule: RuleFacts, table: string, context: GateContext): CheckFinding {
  const subject = subjectOf(context, table, rule.name);
  if (!firesForClients(rule.firing))
    return finding('note', { subject, evidence: 'the target lacks it; it is switched off on the source' });
  return finding(lackLevel(context.phase), {
    subject,
    evidence: `${describe(rule)} on the source; the target has no such rule`,
    consequence: LEFT_OUT,
    advice: 'create it, or a trigger that does the same, before the application writes to the target',
  });
}

function more(rule: RuleFacts, why: string, context: GateContext): CheckFinding | null {
  if (!firesForClients(rule.firing)) return null;
  // Once the application is here, a source that others write to now may have its own switched off.
  const isLate = why === OFF_ON_SOURCE && context.phase === 'after';
  return finding(isLate ? 'warning' : 'failed', {
    subject: subjectOf(context, rule.table, rule.name),
    evidence: `${describe(rule)} on the target; ${why}`,
    consequence: rule.isInstead
      ? 'what the application writes is lost, or goes elsewhere, without an error'
      : 'writes of the application do more than they did',
    advice: 'drop the rule, or switch it off',
  });
}
