import type { Check } from '../../core/gate/check.js';
import { findUnsound } from './setting-finding.js';

/** Whether what is committed on the target stays, as on the source: loads run faster without, and what was switched off for one stays off. */
export const durability: Check = {
  id: 'durability',
  group: 'load',
  claim: 'what is committed on the target survives a crash, as on the source',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => findUnsound(context, 'durability'),
};
