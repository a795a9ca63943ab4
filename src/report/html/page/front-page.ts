import { isPartlyUnverified } from '../../../core/partly-unverified.js';
import type { RunResult } from '../../../core/result.js';
import { formatCount, formatCounted, formatDuration } from '../../../words/number-text.js';
import { visibleMessage, visibleName } from '../../../words/visible-text.js';
import { listCanaries } from '../../canary-sentences.js';
import { formatUnsettled, listReplication } from '../../replication-sentences.js';
import { describeHidden } from '../../scope-sentences.js';
import { formatSide } from '../../side-text.js';
import { listSnapshots } from '../../snapshot-sentences.js';
import { listFindings, listSkippedColumns } from '../../told-findings.js';
import { atLeast, formatHeadline, formatShare } from '../../verdict-text.js';
import { describeUse, formatWaivedCount } from '../../waiver-text.js';
import { type Html, html, NOTHING } from '../html-text.js';

/** What a page of findings has room for; programs find all in the JSON result. */
const MOST_FINDINGS = 60;
const MOST_SENTENCE = 2000;

const TITLES = {
  verified: 'Both databases hold the same rows',
  different: 'The databases do not hold the same rows',
  unverified: 'Not everything could be checked',
  sampled: 'No difference in a sample of the rows',
  counted: 'The same numbers of rows on both sides',
  waived: 'The rows are the same, but for some that were accepted',
} as const;

/** What is no proof is no green light, though a terminal shows it as good. */
const TONES = {
  verified: 'good',
  different: 'bad',
  unverified: 'warn',
  sampled: 'warn',
  counted: 'warn',
  waived: 'warn',
} as const;

const ANSWERS = {
  verified:
    'Yes, as far as rows go: every row that was asked for was compared and is equal. Read below what was left out.',
  different: 'No. Repair what differs, or accept it in writing, and verify again.',
  unverified:
    'Nobody can say yet. No difference was found, but something that was asked for was not checked.',
  sampled:
    'Not on this evidence alone: a sample shows no difference, and is no proof of rows that are not in it.',
  counted: 'Not on this evidence alone: equal numbers of rows say nothing of their values.',
  waived:
    'Yes, if whoever signs accepts the rows too that are named under Exceptions: they differ, and were waived.',
} as const;

/** One part of a run never answers for all of it. */
function answerOf({ verdict, part }: RunResult): string {
  return part === undefined || verdict === 'different'
    ? ANSWERS[verdict]
    : 'Not on this evidence alone: it is one part of a run, and says nothing of the others.';
}

/** The page for whoever has to decide: verdict, what it rests on, what was not checked, and lines to sign. */
export function formatFrontPage(result: RunResult): Html {
  const { verdict, interrupted } = result;
  const stopped = interrupted ? html` The run was stopped before its end.` : NOTHING;
  return html`<section class="front" aria-labelledby="verdict">
<div class="verdict ${TONES[verdict]}">
<h1 id="verdict">${formatShare(result)}${TITLES[verdict]}</h1>
<p>${formatHeadline(result)}${stopped}</p>
<p class="answer">May the target take over? ${answerOf(result)}</p>
</div>
${formatFacts(result)}
${formatFindings(result)}
${formatExceptions(result)}
${SIGNATURES}
</section>
`;
}

function formatFacts(result: RunResult): Html {
  const { totals, elapsedMs, source, target, startedAt, mode, tables } = result;
  const open = tables.filter(isPartlyUnverified).length;
  const chunks = tables.reduce((sum, { coverage }) => sum + coverage.unverifiedChunks, 0);
  const perSecond = Math.round((totals.sourceRows + totals.targetRows) / Math.max(0.001, elapsedMs / 1000));
  const facts: readonly (readonly [string, string])[] = [
    ['Source', formatSide('source', source).replace(/^source: /, '')],
    ['Target', formatSide('target', target).replace(/^target: /, '')],
    ['Read', `from ${visibleName(startedAt)} on, for ${formatDuration(elapsedMs)} (times are UTC)`],
    [
      'Rows',
      `${formatCount(totals.sourceRows)} of the source and ${formatCount(totals.targetRows)} of the target; ${formatCount(perSecond)} a second`,
    ],
    [
      'Differences',
      `${atLeast(totals)}${formatCount(totals.missing)} missing, ${formatCount(totals.extra)} extra, ${formatCount(totals.changed)} changed${describeWaivedRows(result)}; ${formatCount(totals.inFlight)} in flight${formatUnsettled(totals)}`,
    ],
    [
      'Coverage',
      `${formatCounted(totals.tables, 'table')}, ${open === 0 ? 'each checked as asked' : `${formatCount(open)} not fully checked${describeLeft(totals)} (${formatCounted(chunks, 'chunk')} of rows could not be compared)`}; mode ${mode}`,
    ],
    ['Age', describeAge(result)],
    ...listCanaries(result).map((text) => ['Canary', text.replace(/^Canary: /, '')] as const),
    ...describeHidden(result).map((text) => ['Hidden', text.replace(/^Hidden on request: /, '')] as const),
    ['Positions', describePositions(result)],
  ];
  return html`<dl class="facts">${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
}

function describeLeft({ left = 0 }: RunResult['totals']): string {
  return left === 0 ? '' : `, ${formatCount(left)} of them left once enough rows differed`;
}

function describeWaivedRows({ totals, baseline }: RunResult): string {
  const { waived: rows = 0 } = totals;
  const waived = rows === 0 ? '' : `, ${formatWaivedCount(totals)}`;
  return baseline === undefined ? waived : `${waived}, ${formatCount(baseline.new)} new against the baseline`;
}

/** How old the proof is: nothing is known of what was written since. */
function describeAge({ startedAt, elapsedMs, sittings, parts }: RunResult): string {
  const began = spellTime(Date.parse(sittings?.oldestReadAt ?? parts?.oldestReadAt ?? startedAt));
  const ended = spellTime(
    parts === undefined ? Date.parse(startedAt) + elapsedMs : Date.parse(parts.newestReadAt),
  );
  if (began === null || ended === null) return 'Not known: the result does not say when its rows were read.';
  return `Every row stands as it was at some moment between ${began} and ${ended}; what was written later is in none of them.`;
}

/** A time in milliseconds since 1970 as ISO text; null where it is none that a calendar has. */
function spellTime(ms: number): string | null {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function formatFindings(result: RunResult): Html {
  const sections = listFindings(result).map(({ title, effect, findings }) => {
    const items = findings.map(
      ({ text, hint }) =>
        html`<li>${shorten(text)}${hint === '' ? NOTHING : html` <span class="hint">→ ${shorten(hint)}</span>`}</li>`,
    );
    return html`<h2 id="${effect}">${title}</h2>${formatItems(items)}`;
  });
  const skipped = listSkippedColumns(result);
  const columns = html`<h2>Columns that were not compared</h2>${formatItems(skipped.map((text) => html`<li>${shorten(text)}</li>`))}`;
  return html`${sections}${skipped.length === 0 ? NOTHING : columns}`;
}

function formatItems(items: readonly Html[]): Html {
  const more = items.length - MOST_FINDINGS;
  const rest =
    more > 0
      ? html`<li class="cut">… and ${formatCount(more)} more, which the JSON result holds</li>`
      : NOTHING;
  return html`<ul class="findings">${items.slice(0, MOST_FINDINGS)}${rest}</ul>`;
}

/** What was left out, allowed or taken on somebody's word: whoever signs signs that too. */
function formatExceptions(result: RunResult): Html {
  const { excluded, conditions, relaxations, assumptions, notChecked } = result.scope;
  const items = [
    ...(result.waivers ?? []).map((use) => html`<li>Waived: ${describeUse(use)}</li>`),
    ...excluded.map((name) => html`<li>Left out on request: <code>${visibleName(name)}</code></li>`),
    ...(conditions ?? []).map(({ table, source, target }) => {
      const sql = `${source ?? 'all rows'}${source === target ? '' : ` (on the target: ${target})`}`;
      return html`<li>Only some rows of <code>${visibleName(table)}</code>, where <code>${visibleMessage(sql)}</code></li>`;
    }),
    ...(relaxations ?? []).map(
      ({ column, remarks }) =>
        html`<li>Allowed to differ: <code>${visibleName(column)}</code> (${remarks.map(visibleName).join(', ')})</li>`,
    ),
    ...(assumptions ?? []).map(
      ({ column, remarks }) =>
        html`<li>Taken on somebody’s word: <code>${visibleName(column)}</code> (${remarks.map(visibleName).join(', ')})</li>`,
    ),
  ];
  const none = html`<p>Nothing was left out, and nothing was allowed to differ.</p>`;
  return html`<h2 id="exceptions">Exceptions</h2>${items.length === 0 ? none : formatItems(items)}
<h2 id="scope">Never checked by this run</h2><p>${notChecked.length === 0 ? 'Nothing.' : notChecked.map(visibleName).join(', ')}</p>`;
}

const SIGNATURES = html`<h2 id="sign">Decision</h2>
<table class="sign"><thead><tr><th scope="col">Decision</th><th scope="col">Name and role</th><th scope="col">Date</th><th scope="col">Signature</th></tr></thead>
<tbody><tr><td></td><td></td><td></td><td></td></tr><tr><td></td><td></td><td></td><td></td></tr></tbody></table>`;

function shorten(text: string): string {
  return text.length <= MOST_SENTENCE ? text : `${text.slice(0, MOST_SENTENCE)}…`;
}

function describePositions(result: RunResult): string {
  const known = [...listSnapshots(result), ...listReplication(result)];
  return known.length > 0
    ? known.join(' ')
    : 'None were recorded: each chunk of rows stands as it was when it was read.';
}
