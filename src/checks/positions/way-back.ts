import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import { SIDES } from '../../core/pairing.js';
import { finding, unknownFinding } from '../findings.js';
import { followsOther, linksOfBoth } from './links.js';

/** Whether the old source will follow the target, so that the switch can be taken back, and does not do so too early. */
export const wayBack: Check = {
  id: 'way-back',
  group: 'positions',
  claim:
    'changes are replicated in one direction only: to the target until the switch, and back from then on',
  weight: 'essential',
  phases: ['cutover', 'after'],
  find: (context) => {
    const links = linksOfBoth(context);
    if (links === null)
      return SIDES.flatMap((side) => unknownFinding(side, context.facts[side].links, 'the links') ?? []);
    return judge(followsOther('source', links), followsOther('target', links), context);
  },
};

type Follows = ReturnType<typeof followsOther>;

function judge(back: Follows, forward: Follows, { phase }: GateContext): readonly CheckFinding[] {
  const isRunning = back.some((each) => each.isRunning);
  if (isRunning && forward.some((each) => each.isRunning))
    return [
      finding('failed', {
        subject: 'source',
        evidence: 'replication is running in both directions',
        consequence: 'rows that are written on both sides part, and changes may go round in circles',
        advice:
          phase === 'after' ? 'end the one to the target' : 'stop the one to the source until the switch',
      }),
    ];
  const [first] = back;
  if (first === undefined)
    return [
      finding('note', {
        subject: 'source',
        evidence: 'no way back is set up: it does not follow the target',
      }),
    ];
  const evidence = `the way back is set up by ${first.what}`;
  if (isRunning) return [finding('note', { subject: 'source', evidence: `${evidence}, and is running` })];
  if (phase === 'cutover')
    return [finding('note', { subject: 'source', evidence: `${evidence}, and waits for the switch` })];
  return [
    finding('failed', {
      subject: 'source',
      evidence: `${evidence}, and stands still${first.error === null ? '' : `: ${first.error}`}`,
      consequence: 'the old source lacks what is written now, and the switch cannot be taken back',
      advice: 'start it',
    }),
  ];
}
