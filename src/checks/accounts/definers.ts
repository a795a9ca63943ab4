import type { DefinerFacts } from '../../core/gate/account-facts.js';
import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import { finding, unknownFinding } from '../findings.js';
import { findByName, lackLevel, subjectOf } from '../schema/paired.js';

/** Whether views, routines, triggers and events find the account whose rights they run with. */
export const definers: Check = {
  id: 'definers',
  group: 'accounts',
  claim: 'everything of the target that runs with the rights of an account finds that account',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { source, target } = context.facts;
    const missing = unknownFinding('target', target.definers, 'the definers');
    if (missing !== null || !target.definers.known) return [missing ?? []].flat();
    // What is so on the source as well is no matter of the switch; who may not see that is told of it all.
    const known = source.definers.known ? source.definers.value : [];
    return target.definers.value.flatMap((definer) => judge(definer, known, context) ?? []);
  },
};

function judge(
  definer: DefinerFacts,
  sources: readonly DefinerFacts[],
  context: GateContext,
): CheckFinding | null {
  const { kind, name } = definer;
  const partner = findByName(
    name,
    sources.filter((each) => each.kind === kind),
  );
  if (!definer.exists) return missing(definer, partner, context);
  if (partner === null || !context.isSameEngine || partner.definer === definer.definer) return null;
  const evidence = `${kind}: ${partner.definer} on the source, ${definer.definer} on the target`;
  const subject = subjectOf(context, name);
  return definer.usesItsRights
    ? finding('warning', {
        subject,
        evidence,
        consequence: 'it runs with the rights of another account',
        advice:
          'give it to the account of the source, or accept this where the other one has the same rights',
      })
    : finding('note', { subject, evidence });
}

function missing(
  { kind, name, definer, usesItsRights }: DefinerFacts,
  partner: DefinerFacts | null,
  context: GateContext,
): CheckFinding {
  const subject = subjectOf(context, name);
  const evidence = `${kind} of ${definer}, an account that is not there`;
  if (partner !== null && !partner.exists)
    return finding('note', { subject, evidence: `${evidence}; it is so on the source too` });
  if (!usesItsRights)
    return finding('note', { subject, evidence: `${evidence}; it runs with the rights of its caller` });
  return finding(lackLevel(context.phase), {
    subject,
    evidence,
    consequence: kind === 'trigger' ? 'writes that fire it fail' : 'whoever uses it gets an error',
    advice: `create ${definer}, or make the ${kind} again for an account that is there`,
  });
}
