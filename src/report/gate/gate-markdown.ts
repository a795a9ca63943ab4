import { countOutcomes, type GateResult } from '../../core/gate/gate-result.js';
import { BoundedText } from '../markdown/bounded-text.js';
import { shortCodeSpan } from '../markdown/code-span.js';
import type { ReportOptions } from '../report-options.js';
import { formatSide } from '../side-text.js';
import {
  findingsOf,
  formatAcceptance,
  formatAnswer,
  formatEvidence,
  formatRemedy,
  GATE_VERDICT_WORDS,
  OUTCOME_WORDS,
} from './gate-words.js';

const MOST_BYTES = 64_000;
const MOST_SENTENCE = 1000;
const MORE_BYTES = 160;

const MARKS = { go: '✅', ready: '✅', 'no-go': '❌', 'not-ready': '❌', 'cannot-say': '⚠️' } as const;

/** The answer as Markdown, for comments and summaries of a job; what servers and users named stands in code spans. */
export function formatGateMarkdown(result: GateResult, { mostBytes = MOST_BYTES }: ReportOptions): string {
  const { passed, notApplicable } = countOutcomes(result.checks);
  const last = `\n${passed} passed, ${notApplicable} not applicable. SQL cannot see: ${result.notSeen.join(', ')}.\n\n**${GATE_VERDICT_WORDS[result.verdict]}**\n`;
  const text = new BoundedText(mostBytes - Buffer.byteLength(last));
  text.add(`## ${MARKS[result.verdict]} Rowproof ${result.phase}: ${GATE_VERDICT_WORDS[result.verdict]}\n\n`);
  text.add(`${shortCodeSpan(formatAnswer(result), MOST_SENTENCE)}\n\n`);
  for (const side of ['source', 'target'] as const)
    text.add(`- ${shortCodeSpan(formatSide(side, result[side]), MOST_SENTENCE)}\n`);
  for (const kind of ['failed', 'not-checked', 'warning', 'accepted', 'note'] as const) {
    const told = findingsOf(result, kind);
    if (told.length === 0 || !text.add(`\n### ${OUTCOME_WORDS[kind]}\n\n`, MORE_BYTES)) continue;
    const left = told.findIndex(({ check, finding }) => {
      const remedy = kind === 'accepted' ? formatAcceptance(finding) : formatRemedy(finding);
      const behind = remedy === '' || kind === 'note' ? '' : ` → ${shortCodeSpan(remedy, MOST_SENTENCE)}`;
      const seen = shortCodeSpan(`${finding.subject}: ${formatEvidence(finding)}`, MOST_SENTENCE);
      return !text.add(`- **${check.id}** ${seen}${behind}\n`, MORE_BYTES);
    });
    if (left !== -1) text.add(`- … and ${told.length - left} more\n`);
  }
  return `${text}${last}`;
}
