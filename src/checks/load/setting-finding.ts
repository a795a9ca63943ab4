import type { CheckFinding, GateContext } from '../../core/gate/check.js';
import type { SettingConcern, SettingFacts } from '../../core/gate/setting-facts.js';
import { finding, unknownFinding } from '../findings.js';

/** Settings of the target that are not as a server should have them, measured by those of the source. */
export function findUnsound(context: GateContext, concern: SettingConcern): readonly CheckFinding[] {
  const { target } = context.facts;
  if (!target.settings.known) return [unknownFinding('target', target.settings, 'the settings') ?? []].flat();
  return target.settings.value
    .filter((setting) => setting.concern === concern && setting.isSound === false)
    .map((setting) => judge(setting, context));
}

function judge(setting: SettingFacts, { facts, phase }: GateContext): CheckFinding {
  const { name, value, weight, consequence, right, scope } = setting;
  const { settings } = facts.source;
  const partner = settings.known ? settings.value.find(({ topic }) => topic === setting.topic) : undefined;
  const evidence = `${value} on the target`;
  if (partner?.isSound === false)
    return finding('note', {
      subject: name,
      evidence: `${evidence}, ${partner.value} on the source`,
    });
  const fix: CheckFinding['fix'] =
    right === null
      ? null
      : { side: 'target', action: { kind: 'set-setting', name, value: right, before: value, scope } };
  // A load may run with it, which ends before the switch.
  if (phase === 'preflight')
    return finding('note', { subject: name, evidence: `${evidence}, as a load may need it`, fix });
  const beside = partner === undefined ? '' : `, ${partner.value} on the source`;
  const level = partner === undefined && !settings.known && weight === 'failed' ? 'warning' : weight;
  return finding(level === 'note' ? 'warning' : level, {
    subject: name,
    evidence: `${evidence}${beside}`,
    consequence,
    fix,
  });
}
