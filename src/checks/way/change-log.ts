import type { Check } from '../../core/gate/check.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether the source's log lets something follow what is written, before anybody plans for it. */
export const changeLog: Check = {
  id: 'change-log',
  group: 'way',
  claim: 'the log of the source holds what a target needs to follow, for long enough',
  weight: 'advice',
  phases: ['preflight'],
  find: ({ facts, follow }) => {
    const { settings } = facts.source;
    if (!settings.known) return [unknownFinding('source', settings, 'the settings') ?? []].flat();
    // What follows already shows that it can.
    const isFollowed = follow.ways.length > 0;
    return settings.value
      .filter(({ concern, isSound }) => concern === 'way' && isSound === false)
      .map(({ name, value, weight, consequence, right }) =>
        finding(isFollowed ? 'note' : weight === 'note' ? 'note' : 'warning', {
          subject: name,
          evidence: `${value} on the source`,
          ...(isFollowed ? {} : { consequence }),
          advice:
            isFollowed || right === null
              ? ''
              : `set it to ${right}, unless the rows are copied while nobody writes`,
        }),
      );
  },
};
