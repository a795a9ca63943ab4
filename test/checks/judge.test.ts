import { describe, expect, it } from 'vitest';
import { judge, verdictOfChecks } from '../../src/checks/judge.js';
import { CHECKS } from '../../src/checks/list.js';
import type { AcceptedFinding } from '../../src/core/gate/accepted-finding.js';
import type { Check, CheckFinding, FindingLevel, GateContext } from '../../src/core/gate/check.js';
import type { GateVerdict } from '../../src/core/gate/gate-result.js';

const context = { phase: 'cutover' } as unknown as GateContext;

function found(level: FindingLevel, parts: Partial<CheckFinding> = {}): CheckFinding {
  return { level, subject: 's', evidence: 'e', consequence: '', fix: null, advice: '', ...parts };
}

function check(weight: Check['weight'], ...findings: CheckFinding[]): Check {
  const phases = ['preflight', 'cutover', 'after'] as const;
  return { id: 'c', group: 'rows', claim: '', weight, phases, find: () => findings };
}

function answer(
  checks: readonly Check[],
  { accepted = [], isStrict = false, phase = 'cutover' as const as GateContext['phase'] } = {} as {
    accepted?: readonly AcceptedFinding[];
    isStrict?: boolean;
    phase?: GateContext['phase'];
  },
): GateVerdict {
  const judged = judge({ checks, context: { ...context, phase }, accepted, writeFix: () => null });
  return verdictOfChecks(judged.checks, { phase, isStrict });
}

const accept = (evidence: string | null): AcceptedFinding => ({
  ...{ check: 'c', subject: 's', evidence, reason: 'r', owner: null, expires: null },
});

describe('the answer', () => {
  it.each([
    ['nothing', [], 'go'],
    ['a note', [check('essential', found('note'))], 'go'],
    ['what is not there', [check('essential', found('not-applicable'))], 'go'],
    ['a warning', [check('essential', found('warning'))], 'go'],
    ['advice that could not be given', [check('advice', found('not-checked'))], 'go'],
    ['an essential check that could not be made', [check('essential', found('not-checked'))], 'cannot-say'],
    ['advice that failed', [check('advice', found('failed'))], 'no-go'],
    [
      'a failure beside what could not be checked',
      [check('essential', found('not-checked')), check('advice', found('failed'))],
      'no-go',
    ],
  ] as const)('to %s is %s', (_what, checks, verdict) => {
    expect(answer(checks)).toBe(verdict);
  });

  it('has other words before the migration, and takes warnings for failures where that is asked', () => {
    const failed = [check('advice', found('failed'))];
    expect(answer(failed, { phase: 'preflight' })).toBe('not-ready');
    expect(answer([], { phase: 'preflight' })).toBe('ready');
    expect(answer([check('advice', found('warning'))], { isStrict: true })).toBe('no-go');
  });

  it('goes on in spite of what is accepted, as long as it shows what it showed', () => {
    const failed = [check('essential', found('failed'))];
    expect(answer(failed, { accepted: [accept(null)] })).toBe('go');
    expect(answer(failed, { accepted: [accept('e')] })).toBe('go');
    expect(answer(failed, { accepted: [accept('another evidence')] })).toBe('no-go');
    const two = [check('essential', found('failed'), found('failed', { subject: 'other' }))];
    expect(answer(two, { accepted: [accept(null)] })).toBe('no-go');
  });

  it('names acceptances that nothing asked for', () => {
    const { unused } = judge({
      ...{
        checks: [check('essential', found('note'))],
        context,
        accepted: [accept(null)],
        writeFix: () => null,
      },
    });
    expect(unused).toHaveLength(1);
  });
});

describe('the checks', () => {
  it('have a name each, of which people can rely', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('are essential only where nobody could say without them', () => {
    const groups = new Set(CHECKS.filter(({ weight }) => weight === 'essential').map(({ group }) => group));
    const may = ['rows', 'numbering', 'writers', 'positions', 'schema', 'triggers', 'way'];
    expect([...groups].filter((group) => !may.includes(group))).toEqual([]);
  });
});

describe('a source that follows a third server', () => {
  const links = (peers: readonly string[], isRunning: boolean) => ({
    known: true,
    value: {
      identities: [],
      incoming: [{ name: 'up', what: 'a subscription', isRunning, error: null, peers, unready: [] }],
      readers: { known: true, value: [] },
    },
  });
  const find = (source: unknown, phase: string) => {
    const target = {
      sessions: { known: true, value: [] },
      links: { known: true, value: { identities: ['new'], incoming: [] } },
    };
    const facts = { source: { sessions: { known: true, value: [] }, links: source }, target };
    const about = { phase, facts } as unknown as GateContext;
    return CHECKS.find(({ id }) => id === 'writers')
      ?.find(about)
      .map(({ level, evidence }) => `${level} ${evidence}`);
  };

  it('is written by it, which no session of a client shows', () => {
    const told = 'it follows another server by a subscription named up, which is running';
    expect(find(links(['third'], true), 'cutover')).toEqual([`failed ${told}`]);
    expect(find(links(['third'], true), 'preflight')).toEqual([`note ${told}`]);
    expect(find(links(['third'], false), 'cutover')).toEqual([]);
    expect(find(links(['new'], true), 'cutover')).toEqual([]);
  });
});
