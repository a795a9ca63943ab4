import type { Check, CheckFinding } from '../../core/gate/check.js';
import type { SettingFacts } from '../../core/gate/setting-facts.js';
import { formatCount } from '../../words/number-text.js';
import { bothKnown, finding } from '../findings.js';

/** Whether the application's statements mean on the target what they mean on the source. */
export const meanings: Check = {
  id: 'meanings',
  group: 'serving',
  claim: 'settings that change what statements mean are the same on both sides',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { source, target } = context.facts;
    const both = bothKnown({ source: source.settings, target: target.settings }, { what: 'the settings' });
    if ('missing' in both) return both.missing;
    const meaningsOf = (settings: readonly SettingFacts[]): readonly SettingFacts[] =>
      settings.filter(({ concern }) => concern === 'meaning');
    const [sources, targets] = [meaningsOf(both.values.source), meaningsOf(both.values.target)];
    return [
      ...targets.flatMap((setting) => {
        const partner = sources.find(({ topic }) => topic === setting.topic);
        return partner === undefined ? lonely(setting, 'target') : compare(partner, setting);
      }),
      ...sources
        .filter(({ topic }) => !targets.some((setting) => setting.topic === topic))
        .flatMap((setting) => lonely(setting, 'source')),
    ];
  },
};

/** Where only one kind of server has it, there is nothing to compare; what a role has of its own, the other side lacks. */
function lonely(
  { name, value, weight, consequence, scope }: SettingFacts,
  side: 'source' | 'target',
): CheckFinding[] {
  if (scope.role === null) return [];
  return [
    finding(side === 'source' ? weight : 'note', {
      subject: name,
      evidence: `is ${value} on the ${side}, and not set on the other side`,
      ...(side === 'source' ? { consequence } : {}),
    }),
  ];
}

const LARGEST = 'largest packet';
const MODES = 'sql mode';

function compare(source: SettingFacts, target: SettingFacts): CheckFinding[] {
  const { name: subject, topic, weight, consequence } = target;
  if (source.meaning === target.meaning) return [];
  if (topic === LARGEST) {
    const [from, to] = [Number(source.value), Number(target.value)];
    const evidence = `${formatCount(to)} bytes on the target, ${formatCount(from)} on the source`;
    return to >= from ? [] : [finding('warning', { subject, evidence, consequence })];
  }
  const evidence =
    topic === MODES ? tellModes(source.value, target.value) : tellBoth(source.value, target.value);
  // Other kinds of servers have other words for it.
  if (baseOf(source) !== baseOf(target)) return [finding('note', { subject, evidence })];
  return [finding(weight, { subject, evidence, ...(weight === 'note' ? {} : { consequence }) })];
}

/** The name without whose setting it is. */
function baseOf({ name }: SettingFacts): string {
  return name.split(' ')[0] ?? '';
}

function tellBoth(source: string, target: string): string {
  return `${target || 'empty'} on the target, ${source || 'empty'} on the source`;
}

/** Of two long lists only what one of them has. */
function tellModes(source: string, target: string): string {
  const [from, to] = [source.split(','), target.split(',')];
  const alone = (some: readonly string[], others: readonly string[]): string =>
    some.filter((mode) => mode !== '' && !others.includes(mode)).join(', ');
  const parts = [
    { modes: alone(from, to), place: 'on the source' },
    { modes: alone(to, from), place: 'on the target' },
  ];
  return parts
    .filter(({ modes }) => modes !== '')
    .map(({ modes, place }) => `${modes} ${place} alone`)
    .join('; ');
}
