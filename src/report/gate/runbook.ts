import type { FixAction, FixStatement } from '../../core/gate/fix.js';
import type { FollowFacts } from '../../core/gate/follow-facts.js';
import type { GateResult } from '../../core/gate/gate-result.js';
import type { Side } from '../../core/pairing.js';
import { codeSpan } from '../markdown/code-span.js';
import { formatSide } from '../side-text.js';
import { findingsOf, formatAnswer, formatEvidence, formatRemedy, type ToldFinding } from './gate-words.js';

/** What the steps of a switch depend on. */
export interface RunbookRequest {
  readonly result: GateResult;
  readonly follow: FollowFacts;
  /** The files of fixes; null where none were asked for. */
  readonly fixes: Readonly<Record<Side, string>> | null;
  /** What an engine writes for a step; null where its servers have no such thing. */
  readonly write: (side: Side, action: FixAction) => FixStatement | null;
}

/** Checks whose notes are things to do at the switch: what is rightly off until then. */
const STEPS_OF: ReadonlySet<string> = new Set(['schedulers', 'events', 'triggers']);

/** One step, to be ticked off. */
interface Step {
  readonly title: string;
  readonly commands: readonly string[];
  readonly expect: string;
  readonly back: string;
}

/** The steps of the switch for this very pair, in order, each with what to expect and the way back, as Markdown. */
export function formatRunbook(request: RunbookRequest): string {
  const { result } = request;
  const parts = [
    `# Switch from ${codeSpan(result.source.url)} to ${codeSpan(result.target.url)}`,
    `Written by rowproof ${result.rowproof}; the answer then: ${codeSpan(formatAnswer(result))}`,
    (['source', 'target'] as const).map((side) => `- ${codeSpan(formatSide(side, result[side]))}`).join('\n'),
    '`$OLD` and `$NEW` hold the URLs of the two databases. Nothing in here was run.',
    describeFlags(result),
    formatSteps('Before', beforeSteps(request)),
    formatSteps('The switch', switchSteps(request)),
    formatSteps('After', afterSteps(request)),
    formatBack(request),
    `## What no server tells\n\n${result.notSeen.map((each) => `- [ ] ${each}`).join('\n')}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Flags that say where something goes, or whence it came, are of one command alone. */
const OWN_FLAGS = /^--(source|target|fixes|runbook|report|rows|quiet|after|grants|log|no-color)(=|$)/;

/** The question of each command must be the same: what was left out here is left out there. */
function describeFlags({ command = [] }: GateResult): string {
  const words = command.slice(2);
  const kept = words.filter((word, at) => {
    const before = words[at - 1] ?? '';
    const isValue = !word.startsWith('--') && OWN_FLAGS.test(before) && !before.includes('=');
    return !OWN_FLAGS.test(word) && !isValue;
  });
  return kept.length === 0
    ? ''
    : `Give each command of rowproof these flags too: ${codeSpan(kept.join(' '))}`;
}

function formatSteps(title: string, steps: readonly Step[]): string {
  const told = steps.map(({ title: name, commands, expect, back }) => {
    const lines = [
      `- [ ] **${name}**`,
      ...(commands.length === 0 ? [] : ['', '  ```', ...commands.map((line) => `  ${line}`), '  ```', '']),
      ...(expect === '' ? [] : [`  Expect: ${expect}`]),
      ...(back === '' ? [] : [`  Back: ${back}`]),
    ];
    return lines.join('\n');
  });
  return told.length === 0 ? '' : `## ${title}\n\n${told.join('\n')}`;
}

function beforeSteps({ result }: RunbookRequest): Step[] {
  const open = (['failed', 'not-checked', 'warning'] as const).flatMap((kind) => findingsOf(result, kind));
  return [
    step('A backup of both sides that was restored once', { expect: 'rows, and the time that it took' }),
    ...open.map(mendStep),
    step('The gate, before', {
      commands: ['rowproof preflight --source "$OLD" --target "$NEW"'],
      expect: '`READY`, exit code 0',
    }),
  ];
}

function mendStep({ check, finding }: ToldFinding): Step {
  const remedy = formatRemedy(finding);
  return step(`Mend ${check.id}: ${codeSpan(`${finding.subject}: ${formatEvidence(finding)}`)}`, {
    expect: remedy === '' ? '' : codeSpan(remedy),
    back: finding.fix === null || finding.fix.reversal === '' ? '' : codeSpan(finding.fix.reversal),
  });
}

function switchSteps(request: RunbookRequest): Step[] {
  const { follow, fixes, result } = request;
  const fixesPath = fixes?.target ?? 'fixes.target.sql';
  const stop = request.write('source', { kind: 'stop-writes' });
  return [
    step('Stop the application, its jobs and its workers', {
      expect: 'no session of it on the source',
      back: 'start it again: nothing has happened yet',
    }),
    ...(stop === null ? [] : [statementStep('Let the source take no writes', 'source', stop)]),
    step('Raise the numbers of the target', {
      commands: [
        `rowproof cutover --source "$OLD" --target "$NEW" --fixes ${dirOf(fixesPath)}`,
        `rowproof apply ${fixesPath} --target "$NEW"`,
      ],
      expect: 'each statement applied, or no file where there is nothing to raise',
      back: 'none is needed: numbers that are ahead do no harm',
    }),
    step('Ask', {
      commands: ['rowproof cutover --source "$OLD" --target "$NEW" --report table --report json=gate.json'],
      expect: '`GO`, exit code 0. With anything else, take the writes of the source up again and mend it',
      back: 'let the source take writes again, and start the application on it',
    }),
    ...follow.ways.flatMap(({ way, name }) => {
      const end = request.write('target', { kind: 'end-replication', way, name });
      return end === null
        ? []
        : [statementStep(`End what the target follows the source by (${way})`, 'target', end)];
    }),
    ...findingsOf(result, 'note').flatMap(({ check, finding }) =>
      finding.fix === null || !STEPS_OF.has(check.id)
        ? []
        : [statementStep(`${check.id}: ${codeSpan(finding.subject)}`, finding.fix.side, finding.fix)],
    ),
    step('Point the application at the target, and start it', {
      expect: 'its first writes arrive on the target',
      back: 'the part below',
    }),
  ];
}

function dirOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '.' : path.slice(0, at);
}

function statementStep(title: string, side: Side, { statements, lock, reversal }: FixStatement): Step {
  return step(`${title}, on the ${side}`, {
    commands: statements.map((statement) => `${statement};`),
    expect: lock,
    back: reversal === '' ? '' : codeSpan(reversal),
  });
}

function afterSteps({ result }: RunbookRequest): Step[] {
  const events = findingsOf(result, 'note').some(({ check }) => check.id === 'schedulers');
  return [
    step('The gate, after', {
      commands: ['rowproof cutover --source "$OLD" --target "$NEW" --after'],
      expect: '`GO`: nobody writes to the old source, numbers have moved on, and events run on the target',
    }),
    ...(events
      ? [step('Events and jobs run on the target, and on the source no more', { expect: 'their last run' })]
      : []),
    step('Keep the old source, without writes, until the way back is not wanted any more', {}),
  ];
}

/** Which way leads back depends on whether anything was written on the target. */
function formatBack({ result }: RunbookRequest): string {
  const back = result.checks.find(({ id }) => id === 'way-back');
  const isSetUp =
    back?.findings.some(({ evidence }) => evidence.startsWith('the way back is set up')) === true;
  const lines = [
    '- [ ] **Before the application has written on the target**: stop it, let the source take writes again, and start it there. Nothing is lost.',
    isSetUp
      ? '- [ ] **After it has**: what it wrote comes back by the replication in the other direction. Stop the application, wait until the old source has caught up, ask `rowproof cutover --source "$NEW" --target "$OLD"`, and go back on `GO`.'
      : '- [ ] **After it has**: there is no replication in the other direction, so that what it wrote since is on the target alone. Set one up before the switch, or decide beforehand who carries these rows over.',
  ];
  return `## The way back\n\n${lines.join('\n')}`;
}

function step(title: string, parts: Partial<Omit<Step, 'title'>>): Step {
  return { title, commands: [], expect: '', back: '', ...parts };
}
