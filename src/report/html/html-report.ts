import type { RunResult, TableResult } from '../../core/result.js';
import { formatCounted } from '../../words/number-text.js';
import { visibleName } from '../../words/visible-text.js';
import type { ReportOptions } from '../report-options.js';
import { listScope } from '../scope-sentences.js';
import { formatSummary } from '../summary.js';
import { countDifferences, formatVerdictWord } from '../verdict-text.js';
import { bytesOf, type Html, html, NOTHING } from './html-text.js';
import { formatFrontPage } from './page/front-page.js';
import { formatPage } from './page/page-frame.js';
import { formatTableList } from './page/table-list.js';
import { formatTableSection } from './page/table-section.js';
import { formatTrendSection } from './page/trend-section.js';
import { collectSampleRows, type HtmlRows } from './rows/html-rows.js';

/** So that the file can be mailed; what is told before and behind the tables in detail counts too. */
const MOST_BYTES = 2_900_000;
/** Less than this tells nothing of a table. */
const LEAST_SECTION_BYTES = 4000;
const MOST_SENTENCES = 200;
const MOST_SENTENCE = 2000;

const NAVIGATION = html`<nav aria-label="Parts of the report"><a href="#verdict">Verdict</a> · <a href="#exceptions">Exceptions</a> · <a href="#sign">Decision</a> · <a href="#tables">Tables</a> · <a href="#rows">Differing rows</a> · <a href="#run">The run</a></nav>`;

/**
 * The result as one HTML file that opens without a network and is complete without scripts. `rows` holds a sample of all
 * differing rows and where they lie; without it the first rows stand for them that the result holds itself.
 */
export function formatHtmlReport(
  result: RunResult,
  { showValues, rows = collectSampleRows(result), trend = [] }: ReportOptions,
): string {
  const differing = result.tables.filter((table) => countDifferences(table) > 0);
  const anchors = new Map(differing.map((table, at) => [table, `table-${at + 1}`]));
  const listOf = (told: ReadonlyMap<TableResult, string>) =>
    formatTableList({ ...result, anchorOf: (table) => told.get(table) ?? null });
  const nights = formatTrendSection(trend);
  const [front, run, last] = [
    formatFrontPage(result),
    formatRun(result),
    html`<p>${formatSummary(result)}</p>`,
  ];
  const taken = [front, nights, run, last, listOf(anchors)].reduce((sum, part) => sum + bytesOf(part), 0);
  const sections = formatSections({ anchors, rows, showValues, mostBytes: MOST_BYTES - taken });
  const title = `${formatVerdictWord(result)}: ${visibleName(result.source.url)} → ${visibleName(result.target.url)}`;
  const body = html`<a class="skip" href="#tables">Skip to the tables</a>
<header><p class="brand">Rowproof ${visibleName(result.rowproof)}: do two databases hold the same rows?</p>${NAVIGATION}</header>
<main>
${front}${nights}${listOf(sections.told)}${sections.markup}${run}</main>
<footer>${last}</footer>`;
  return formatPage({ title, body });
}

/** A page that says that there is no result, for a run that has not ended or could not. */
export function formatHtmlNotice(sentence: string): string {
  return formatPage({ title: sentence, body: html`<main><h1>Unverified</h1><p>${sentence}</p></main>` });
}

interface Sections {
  readonly anchors: ReadonlyMap<TableResult, string>;
  readonly rows: HtmlRows;
  readonly showValues: boolean;
  readonly mostBytes: number;
}

interface ToldSections {
  readonly markup: Html;
  /** The tables that have a section, and its place on the page. */
  readonly told: ReadonlyMap<TableResult, string>;
}

/** Tables share the room there is: what one leaves is for those behind it. */
function formatSections({ anchors, rows, showValues, mostBytes }: Sections): ToldSections {
  const told = new Map<TableResult, string>();
  const sections: Html[] = [];
  let left = mostBytes;
  for (const [table, anchor] of anchors) {
    const share = Math.max(LEAST_SECTION_BYTES, left / (anchors.size - told.size));
    const own = rows.get(table.target ?? '') ?? { counts: table, shown: [], map: null };
    const section = formatTableSection({ table, rows: own, anchor, showValues, mostBytes: share });
    left -= bytesOf(section);
    if (left < 0) break;
    sections.push(section);
    told.set(table, anchor);
  }
  const more = anchors.size - told.size;
  const rest = html`<p class="cut">… and ${formatCounted(more, 'more table')} with differing rows, which do not fit here; the JSON result tells of each.</p>`;
  const markup = html`<h2 id="rows">Differing rows</h2>
${anchors.size === 0 ? html`<p>None.</p>` : sections}${more > 0 ? rest : NOTHING}
`;
  return { markup, told };
}

function formatRun(result: RunResult): Html {
  const { command, rowproof, seed, askedHash } = result;
  const shown =
    command === undefined
      ? NOTHING
      : html`<p>The command, without passwords:</p><pre>${command.map(quote).join(' ')}</pre>`;
  const scope = listScope(result)
    .slice(0, MOST_SENTENCES)
    .map((text) => html`<li>${text.slice(0, MOST_SENTENCE)}</li>`);
  return html`<h2 id="run">The run</h2>
${shown}<ul class="findings">${scope}</ul>
<dl class="facts"><dt>Rowproof</dt><dd>${rowproof}</dd><dt>Seed of the row hash</dt><dd>${seed}</dd><dt>Digest of what was asked</dt><dd>${askedHash}</dd></dl>
`;
}

/** As a shell would take it. */
function quote(word: string): string {
  const shown = visibleName(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
