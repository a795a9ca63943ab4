import type { AcceptedFinding } from '../core/gate/accepted-finding.js';
import type { Check, CheckFinding, GateContext, Phase } from '../core/gate/check.js';
import type {
  Acceptance,
  CheckOutcome,
  CheckResult,
  GateFinding,
  GateVerdict,
  WrittenFix,
} from '../core/gate/gate-result.js';

/** What the judgement needs beside the facts. */
export interface JudgeRequest {
  readonly checks: readonly Check[];
  readonly context: GateContext;
  readonly accepted: readonly AcceptedFinding[];
  /** Writes what mends a finding; null where nothing does. */
  readonly writeFix: (finding: CheckFinding) => WrittenFix | null;
}

/** What a check made of it, and which acceptances no finding asked for. */
export interface Judgement {
  readonly checks: readonly CheckResult[];
  readonly unused: readonly AcceptedFinding[];
}

/** Makes every check of a phase. */
export function judge({ checks, context, accepted, writeFix }: JudgeRequest): Judgement {
  const used = new Set<AcceptedFinding>();
  const results = checks
    .filter(({ phases }) => phases.includes(context.phase))
    .map((check): CheckResult => {
      const findings = check.find(context).map((found): GateFinding => {
        const acceptance = findAcceptance(check.id, found, accepted);
        if (acceptance !== null) used.add(acceptance);
        return { ...found, fix: writeFix(found), place: null, accepted: acceptance && markOf(acceptance) };
      });
      const { id, group, claim, weight } = check;
      return { id, group, claim, weight, outcome: outcomeOf(findings), findings };
    });
  return { checks: results, unused: accepted.filter((each) => !used.has(each)) };
}

/** Notes need no acceptance: what is written for the day on which they become more is used all the same. */
function findAcceptance(
  id: string,
  { level, subject, evidence }: CheckFinding,
  accepted: readonly AcceptedFinding[],
): AcceptedFinding | null {
  if (level === 'not-applicable' || level === 'note') return null;
  return (
    accepted.find(
      (each) =>
        each.check === id &&
        each.subject === subject &&
        (each.evidence === null || each.evidence === evidence),
    ) ?? null
  );
}

function markOf({ reason, owner, expires }: AcceptedFinding): Acceptance {
  return { reason, owner, expires };
}

const BY_WEIGHT = ['failed', 'not-checked', 'warning'] as const;

/** The worst that nobody accepted. A check is not applicable where nothing was found but that. */
function outcomeOf(findings: readonly GateFinding[]): CheckOutcome {
  const open = findings.filter(({ accepted }) => accepted === null);
  const worst = BY_WEIGHT.find((level) => open.some((each) => each.level === level));
  if (worst !== undefined) return worst;
  const areAbsent = findings.length > 0 && findings.every(({ level }) => level === 'not-applicable');
  return areAbsent ? 'not-applicable' : 'passed';
}

/** The answer that the checks give together. */
export function verdictOfChecks(
  checks: readonly CheckResult[],
  { phase, isStrict }: { readonly phase: Phase; readonly isStrict: boolean },
): GateVerdict {
  const isClosed = checks.some(({ outcome }) => outcome === 'failed' || (isStrict && outcome === 'warning'));
  if (isClosed) return phase === 'preflight' ? 'not-ready' : 'no-go';
  const isOpen = checks.some(({ outcome, weight }) => outcome === 'not-checked' && weight === 'essential');
  if (isOpen) return 'cannot-say';
  return phase === 'preflight' ? 'ready' : 'go';
}
