import type { Phase } from '../../core/gate/check.js';
import {
  type CheckOutcome,
  type CheckResult,
  countOutcomes,
  type GateFinding,
  type GateResult,
  type GateVerdict,
} from '../../core/gate/gate-result.js';
import { formatCounted } from '../../words/number-text.js';
import type { Tone } from '../paint.js';

export const GATE_VERDICT_WORDS: Readonly<Record<GateVerdict, string>> = {
  go: 'GO',
  'no-go': 'NO-GO',
  'cannot-say': 'CANNOT SAY',
  ready: 'READY',
  'not-ready': 'NOT READY',
};

export const GATE_TONES: Readonly<Record<GateVerdict, Tone>> = {
  go: 'good',
  'no-go': 'bad',
  'cannot-say': 'warn',
  ready: 'good',
  'not-ready': 'bad',
};

export const OUTCOME_WORDS: Readonly<Record<CheckOutcome | 'accepted' | 'note', string>> = {
  failed: 'failed',
  'not-checked': 'not checked',
  warning: 'warning',
  accepted: 'accepted',
  note: 'note',
  passed: 'passed',
  'not-applicable': 'not applicable',
};

export const PHASE_TITLES: Readonly<Record<Phase, string>> = {
  preflight: 'preflight',
  cutover: 'cutover',
  after: 'after the switch',
};

/** A finding with the check that it is of. */
export interface ToldFinding {
  readonly check: CheckResult;
  readonly finding: GateFinding;
}

/** The findings of a kind, in the order of the checks. An accepted one is of that kind alone. */
export function findingsOf(
  result: GateResult,
  kind: GateFinding['level'] | 'accepted',
): readonly ToldFinding[] {
  return result.checks.flatMap((check) =>
    check.findings
      .filter(({ level, accepted }) => (accepted === null ? level === kind : kind === 'accepted'))
      .map((finding) => ({ check, finding })),
  );
}

/** The counts of an answer: "1 failed, 1 not checked, 2 warnings, 1 accepted". */
export function formatCounts({ checks }: GateResult): string {
  const { failed, notChecked, warnings, accepted, passed } = countOutcomes(checks);
  const told = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(notChecked > 0 ? [`${notChecked} not checked`] : []),
    ...(warnings > 0 ? [formatCounted(warnings, 'warning')] : []),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
  ];
  return told.length === 0 ? `${passed} passed` : told.join(', ');
}

/** The whole answer in a line: "NO-GO as of 02:14:09Z: 1 failed; rows VERIFIED up to the source's last write". */
export function formatAnswer(result: GateResult): string {
  const time = /T(\d\d:\d\d:\d\d)/.exec(result.asOf)?.[1];
  const asOf = time === undefined ? result.asOf : `${time}Z`;
  return `${GATE_VERDICT_WORDS[result.verdict]} as of ${asOf}: ${formatCounts(result)}${formatRows(result)}`;
}

function formatRows({ rows }: GateResult): string {
  if (rows === null) return '';
  // What was not verified is not proved up to any moment.
  if (rows.verdict === 'unverified') return '; rows UNVERIFIED';
  const upTo = rows.isUpToDate ? " up to the source's last write" : ", but not up to the source's last write";
  return `; rows ${rows.verdict.toUpperCase()}${upTo}`;
}

/** What was seen, and what comes of it: "next 4,001, largest 48,211: the next insert fails". */
export function formatEvidence({ evidence, consequence }: GateFinding): string {
  return consequence === '' ? evidence : `${evidence}: ${consequence}`;
}

/** Where the mending statement is, or the statement itself, or what else to do; empty where nothing is to be done. */
export function formatRemedy({ place, fix, advice }: GateFinding): string {
  if (place !== null) return place;
  if (fix !== null) return fix.statements.map((statement) => `${statement};`).join(' ');
  return advice;
}

/** What an acceptance says of itself: `until 2026-12-31 (anna: "drop on Monday")`. */
export function formatAcceptance({ accepted }: GateFinding): string {
  if (accepted === null) return '';
  const until = accepted.expires === null ? 'for this run' : `until ${accepted.expires}`;
  const owner = accepted.owner === null ? '' : `${accepted.owner}: `;
  return `${until} (${owner}"${accepted.reason}")`;
}
