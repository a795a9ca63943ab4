import { countOutcomes, type GateResult } from '../../core/gate/gate-result.js';
import { visibleLine } from '../../words/visible-text.js';
import { createPaint, type Paint, type Tone } from '../paint.js';
import type { ReportOptions } from '../report-options.js';
import { formatSide } from '../side-text.js';
import { wrapWords } from '../wrap-text.js';
import {
  findingsOf,
  formatAcceptance,
  formatAnswer,
  formatEvidence,
  formatRemedy,
  GATE_TONES,
  GATE_VERDICT_WORDS,
  OUTCOME_WORDS,
  type ToldFinding,
} from './gate-words.js';

const LEAST_WIDTH = 72;
const LABEL_WIDTH = 12;
/** Names of checks are padded to it, so that what they are about stands in a column. */
const CHECK_WIDTH = 18;

const TOLD = [
  ['failed', 'bad'],
  ['not-checked', 'warn'],
  ['warning', 'warn'],
  ['accepted', 'plain'],
  ['note', 'faint'],
] as const satisfies readonly (readonly [string, Tone])[];

/** The answer for people: in a line, every finding that weighs, what passed, what no server tells, and the answer again. */
export function formatGateTable(result: GateResult, options: ReportOptions): string {
  const paint = createPaint(options.color);
  const width = Math.max(LEAST_WIDTH, options.width);
  const tone = GATE_TONES[result.verdict];
  const headline = wrapWords(formatAnswer(result), width).map((line) => paint(tone, line));
  const sections = [
    [...headline, formatSide('source', result.source), formatSide('target', result.target)],
    ...TOLD.map(([kind, own]) =>
      findingsOf(result, kind).flatMap((told) => formatFinding(told, kind, { paint, tone: own, width })),
    ),
    formatRest(result, width),
    [paint(tone, GATE_VERDICT_WORDS[result.verdict])],
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

interface Drawing {
  readonly paint: Paint;
  readonly tone: Tone;
  readonly width: number;
}

function formatFinding(
  { check, finding }: ToldFinding,
  kind: (typeof TOLD)[number][0],
  { paint, tone, width }: Drawing,
): string[] {
  const indent = ' '.repeat(LABEL_WIDTH + CHECK_WIDTH);
  const label = OUTCOME_WORDS[kind].padEnd(LABEL_WIDTH);
  const name = check.id.padEnd(CHECK_WIDTH);
  const said = kind === 'accepted' ? ` ${formatAcceptance(finding)}` : '';
  const text = visibleLine(`${finding.subject}${said}: ${formatEvidence(finding)}`);
  const [first = '', ...others] = wrapWords(text, width - indent.length);
  const remedy = kind === 'accepted' || kind === 'note' ? '' : formatRemedy(finding);
  const lines = [paint(tone, label) + name + first, ...others.map((line) => indent + line)];
  return remedy === ''
    ? lines
    : [
        ...lines,
        ...wrapWords(`-> ${visibleLine(remedy)}`, width - indent.length).map((line) => indent + line),
      ];
}

function formatRest(result: GateResult, width: number): string[] {
  const { passed, notApplicable } = countOutcomes(result.checks);
  const unused = result.unusedAcceptances.map((name) => `Accepted, and not found: ${visibleLine(name)}`);
  const where = '(--report json=PATH lists them)';
  return [
    ...unused,
    `${passed} passed, ${notApplicable} not applicable ${where}`,
    ...wrapWords(`SQL cannot see: ${result.notSeen.join(', ')}`, width),
  ];
}
