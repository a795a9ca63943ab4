import type { GateResult } from '../../core/gate/gate-result.js';
import type { Annotation } from '../github/workflow-command.js';
import { findingsOf, formatEvidence, OUTCOME_WORDS } from './gate-words.js';

/** GitHub shows no more of each kind of one step. */
const MOST_OF_KIND = 10;

const KINDS = [
  ['failed', 'error'],
  ['not-checked', 'warning'],
  ['warning', 'notice'],
] as const;

/** What a job should show at its head: an error for each finding that failed, a warning for what was not checked. */
export function listGateAnnotations(result: GateResult): Annotation[] {
  return KINDS.flatMap(([level, kind]) => {
    const told = findingsOf(result, level);
    const more = told.length > MOST_OF_KIND ? ` (and ${told.length - MOST_OF_KIND} more)` : '';
    return told.slice(0, MOST_OF_KIND).map(({ check, finding }, at): Annotation => {
      const suffix = at === MOST_OF_KIND - 1 ? more : '';
      const title = `${check.id} ${OUTCOME_WORDS[level]}`;
      return { kind, title, message: `${finding.subject}: ${formatEvidence(finding)}${suffix}` };
    });
  });
}
