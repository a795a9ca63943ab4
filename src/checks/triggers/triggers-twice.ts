import type { Check, CheckFinding, FindingLevel, GateContext } from '../../core/gate/check.js';
import type { Fact } from '../../core/gate/fact.js';
import type { ApplierFacts, TriggerFacts } from '../../core/gate/trigger-facts.js';
import { finding } from '../findings.js';
import { judgeBoth, subjectOf } from '../schema/paired.js';
import { shortWords } from '../schema/server-words.js';
import { firesForClients, pairedTriggers, type TablePairTriggers } from './paired-triggers.js';

/**
 * Whether triggers of the target fire when changes of the source are applied. What those of the source did comes as rows of
 * its own: a trigger on both sides that fills `child` for each row of `parent` fills it twice.
 */
export const triggersTwice: Check = {
  id: 'triggers-twice',
  group: 'triggers',
  claim: 'no trigger of the target does again what the source has done and replication brings',
  weight: 'essential',
  phases: ['preflight', 'cutover'],
  find: (context) =>
    judgeBoth(context, { name: 'triggers', what: 'the triggers' }, (facts) =>
      pairedTriggers(context, facts).flatMap((tables) => judgeTable(tables, context)),
    ),
};

/** What fires on both sides, and what does on the target alone. A trigger that is off on the source does nothing there. */
function judgeTable({ pairs, onTarget }: TablePairTriggers, context: GateContext): CheckFinding[] {
  const both = pairs.filter(({ source }) => firesForClients(source.firing));
  const twice = new Map(both.map(({ source, target }) => [target, source]));
  const alone = [...onTarget.map(({ trigger }) => trigger), ...pairs.map(({ target }) => target)];
  const all = new Map([...alone.map((trigger) => [trigger, null] as const), ...twice]);
  return [...all]
    .filter(([{ firing }]) => firing !== 'never')
    .flatMap(([trigger, partner]) => judge(trigger, partner, context) ?? []);
}

function judge(
  trigger: TriggerFacts,
  partner: TriggerFacts | null,
  context: GateContext,
): CheckFinding | null {
  const { applier } = context.facts.target;
  if (!applier.known) return partner === null ? null : unknownApplier(trigger, applier, context);
  const { kind, fires, firesAlone, evidence } = applier.value;
  if (kind === 'blocks') return null;
  if (kind === 'none') return byClient(trigger, partner, { evidence, context });
  if (!(partner === null ? firesAlone : fires).includes(trigger.firing))
    return byStatement(trigger, partner, context);
  return told(partner === null ? 'warning' : 'failed', trigger, { partner, evidence, context });
}

function unknownApplier(
  { table, name }: TriggerFacts,
  applier: Fact<ApplierFacts>,
  context: GateContext,
): CheckFinding {
  const [why, grant] = applier.known ? ['', ''] : [applier.why, applier.grant ?? ''];
  return finding('not-checked', {
    subject: subjectOf(context, table, name),
    evidence: `it is on both sides, and how changes come to the target is not known: ${why}`,
    advice: grant,
  });
}

/**
 * Where the server follows no other one, whatever brings changes logs in as applications do. Before the load that is what
 * will happen; at the switch the rows have been compared, and only what is still to come can be there twice.
 */
function byClient(
  trigger: TriggerFacts,
  partner: TriggerFacts | null,
  { evidence, context }: { readonly evidence: string; readonly context: GateContext },
): CheckFinding | null {
  if (partner === null || !firesForClients(trigger.firing)) return null;
  return told(context.phase === 'preflight' ? 'failed' : 'warning', trigger, {
    partner,
    evidence: `${evidence}, so that whatever brings changes logs in, and fires it`,
    context,
  });
}

/** Statements fire the triggers of the server that runs them: one on both sides is right, one on the target alone is not. */
function byStatement(
  trigger: TriggerFacts,
  partner: TriggerFacts | null,
  context: GateContext,
): CheckFinding | null {
  const { applier } = context.facts.source;
  if (partner !== null || !applier.known || !applier.value.logsStatements || !firesForClients(trigger.firing))
    return null;
  return told('warning', trigger, {
    partner,
    evidence: 'the source writes statements to its log, which fire it',
    context,
  });
}

function told(
  level: FindingLevel,
  { table, name, timing, events, body }: TriggerFacts,
  about: {
    readonly partner: TriggerFacts | null;
    readonly evidence: string;
    readonly context: GateContext;
  },
): CheckFinding {
  const { partner, evidence, context } = about;
  const where = partner === null ? 'on the target alone' : 'on both sides';
  const does = body === null ? '' : `; it does ${shortWords(body)}`;
  return finding(level, {
    subject: subjectOf(context, table, name),
    evidence: `${timing} ${events.join(' or ')}, ${where}; ${evidence}${does}`,
    consequence:
      partner === null
        ? 'it changes what replication brings'
        : 'what it writes comes twice: by replication, and by itself',
    fix: {
      side: 'target',
      action: { kind: 'disable-trigger', schema: context.schemas.target, table, name },
    },
    advice: 'keep it off until the switch, and have it fire again then',
  });
}
