import type { FixAction, FixStatement } from '../../../src/core/gate/fix.js';
import { engineFor } from '../../../src/engines/registry.js';

const RULES = {
  mysql: await engineFor('mysql').can.gate?.load(),
  postgres: await engineFor('postgres').can.gate?.load(),
};

/** What an engine writes for an action; null where its servers have no such thing. */
export function writeFix(scheme: string, action: FixAction): FixStatement | null {
  return RULES[scheme.startsWith('postgres') ? 'postgres' : 'mysql']?.writeFix(action) ?? null;
}
