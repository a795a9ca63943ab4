import { countOutcomes, type GateResult } from '../../core/gate/gate-result.js';
import { visibleName } from '../../words/visible-text.js';
import { type Html, html, join, NOTHING } from '../html/html-text.js';
import { formatPage } from '../html/page/page-frame.js';
import { formatSide } from '../side-text.js';
import {
  findingsOf,
  formatAcceptance,
  formatAnswer,
  formatEvidence,
  formatRemedy,
  GATE_VERDICT_WORDS,
  OUTCOME_WORDS,
  PHASE_TITLES,
} from './gate-words.js';

/** So that the file can be mailed. */
const MOST_FINDINGS = 5000;

/** The answer as one HTML file that opens without a network: the findings that weigh first, then every check. */
export function formatGateHtml(result: GateResult): string {
  const word = GATE_VERDICT_WORDS[result.verdict];
  const { passed, notApplicable } = countOutcomes(result.checks);
  const kinds = (['failed', 'not-checked', 'warning', 'accepted', 'note'] as const).map((kind) =>
    formatKind(result, kind),
  );
  const body = html`<header><p class="brand">Rowproof ${visibleName(result.rowproof)}: may we switch? (${PHASE_TITLES[result.phase]})</p></header>
<main>
<h1>${word}</h1>
<p>${formatAnswer(result)}</p>
<ul><li>${formatSide('source', result.source)}</li><li>${formatSide('target', result.target)}</li></ul>
${kinds}
<h2>Every check</h2>
<table><thead><tr><th>Check</th><th>Weight</th><th>Outcome</th><th>True where it passed</th></tr></thead><tbody>
${result.checks.map(({ id, weight, outcome, claim }) => html`<tr><td>${id}</td><td>${weight}</td><td>${OUTCOME_WORDS[outcome]}</td><td>${claim}</td></tr>`)}
</tbody></table>
<p>${passed} passed, ${notApplicable} not applicable. SQL cannot see: ${result.notSeen.join(', ')}.</p>
</main>
<footer><p>${word}</p></footer>`;
  return formatPage({
    title: `${word}: ${visibleName(result.source.url)} → ${visibleName(result.target.url)}`,
    body,
  });
}

function formatKind(result: GateResult, kind: Parameters<typeof findingsOf>[1]): Html {
  const told = findingsOf(result, kind);
  if (told.length === 0) return NOTHING;
  const rows = told.slice(0, MOST_FINDINGS).map(({ check, finding }) => {
    const remedy = kind === 'accepted' ? formatAcceptance(finding) : formatRemedy(finding);
    return html`<tr><td>${check.id}</td><td>${visibleName(finding.subject)}</td><td>${formatEvidence(finding)}</td><td><code>${remedy}</code></td></tr>`;
  });
  const more =
    told.length > MOST_FINDINGS ? html`<p>… and ${told.length - MOST_FINDINGS} more.</p>` : NOTHING;
  return html`<h2>${OUTCOME_WORDS[kind]}: ${told.length}</h2>
<table><thead><tr><th>Check</th><th>What</th><th>Seen</th><th>What to do</th></tr></thead><tbody>
${join(rows)}</tbody></table>${more}`;
}
