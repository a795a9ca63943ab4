import type { Check } from '../../core/gate/check.js';
import { findUnsound } from './setting-finding.js';

/** Whether new sessions keep to the rules of the tables: what switches them off for a load reaches the application as well. */
export const loadSettings: Check = {
  id: 'load-settings',
  group: 'load',
  claim: 'no setting of the target keeps foreign keys, unique keys or triggers from being looked at',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => findUnsound(context, 'load'),
};
