import type { CheckResult, GateResult } from '../../core/gate/gate-result.js';
import { formatTestSuite } from '../junit/junit-report.js';
import { emptyCase, type TestCase } from '../junit/test-case.js';
import { formatAcceptance, formatEvidence, formatRemedy, GATE_VERDICT_WORDS } from './gate-words.js';

/**
 * The answer as JUnit XML: a check is a test case. One that failed is a failure, an essential one that was not made is an error;
 * what was accepted, is a warning or has nothing to look at is skipped with its reason, never a pass.
 */
export function formatGateJunit(result: GateResult): string {
  const { rowproof, source, target, phase } = result;
  return formatTestSuite(
    result.checks.map((check) => testCaseOf(check, result)),
    {
      seconds: result.elapsedMs / 1000,
      startedAt: result.startedAt,
      properties: [
        ['rowproof', rowproof],
        ['phase', phase],
        ['verdict', GATE_VERDICT_WORDS[result.verdict]],
        ['as of', result.asOf],
        ['source', `${source.engine} ${source.version} at ${source.url}`],
        ['target', `${target.engine} ${target.version} at ${target.url}`],
      ],
    },
  );
}

function testCaseOf(check: CheckResult, { isStrict }: GateResult): TestCase {
  const { outcome, weight, findings } = check;
  const told = findings.filter(({ level }) => level !== 'note');
  const sentence = told
    .map((finding) => {
      const accepted = finding.accepted === null ? '' : `, accepted ${formatAcceptance(finding)}`;
      return `${finding.subject}: ${formatEvidence(finding)}${accepted}`;
    })
    .join('; ');
  const details = findings
    .map(
      (finding) =>
        `${finding.level} ${finding.subject}: ${formatEvidence(finding)}\n  ${formatRemedy(finding)}`,
    )
    .join('\n');
  const test = { ...emptyCase('run', check.id), details };
  if (outcome === 'failed' || (isStrict && outcome === 'warning')) return { ...test, failure: sentence };
  if (outcome === 'not-checked' && weight === 'essential') return { ...test, error: sentence };
  return sentence === '' ? test : { ...test, skipped: sentence };
}
