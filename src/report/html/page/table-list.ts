import { isPartlyUnverified } from '../../../core/partly-unverified.js';
import type { TableResult } from '../../../core/result.js';
import type { Mode } from '../../../core/verdict.js';
import { formatCount, formatCounted, formatDuration } from '../../../words/number-text.js';
import { visibleName } from '../../../words/visible-text.js';
import { formatKnownCount, formatPairName } from '../../verdict-text.js';
import { type Html, html, NOTHING } from '../html-text.js';

/** A page with more lines is slow to open; those that need attention come first, and the rest is counted. */
const MOST_TABLES = 2000;
const ORDER = { different: 0, unverified: 1, waived: 2, sampled: 2, counted: 2, verified: 3 } as const;

const HEADS = [
  ['Table', ''],
  ['Verdict', ''],
  ['Source rows', 'n'],
  ['Target rows', 'n'],
  ['Missing', 'n'],
  ['Extra', 'n'],
  ['Changed', 'n'],
  ['In flight', 'n'],
  ['Told apart by', ''],
  ['Time', 'n'],
  ['Rows/s', 'n'],
] as const;

interface TableList {
  readonly tables: readonly TableResult[];
  readonly mode: Mode;
  /** The place on the page where a table is told of; null where it is not. */
  readonly anchorOf: (table: TableResult) => string | null;
}

/** Every table pair on a line, those that need attention first. */
export function formatTableList({ tables, mode, anchorOf }: TableList): Html {
  const sorted = tables.toSorted((one, other) => ORDER[one.verdict] - ORDER[other.verdict]);
  const lines = sorted
    .slice(0, MOST_TABLES)
    .map((table) => formatLine({ table, mode, anchor: anchorOf(table) }));
  const more = sorted.length - lines.length;
  const rest =
    more > 0
      ? html`<p class="cut">… and ${formatCount(more)} more, which the JSON result holds.</p>`
      : NOTHING;
  const heads = HEADS.map(([head, kind]) => html`<th scope="col" class="${kind}">${head}</th>`);
  return html`<h2 id="tables">Tables</h2>
<div class="wide"><table data-name="the tables" aria-label="The tables"><thead><tr>${heads}</tr></thead>
${lines}</table></div>${rest}
`;
}

interface Line {
  readonly table: TableResult;
  readonly mode: Mode;
  readonly anchor: string | null;
}

function formatLine({ table, mode, anchor }: Line): Html {
  const { verdict, sourceRows, targetRows, elapsedMs } = table;
  const name = formatPairName(table);
  const link = anchor === null ? html`${name}` : html`<a href="#${anchor}">${name}</a>`;
  const open =
    verdict !== 'unverified' && isPartlyUnverified(table)
      ? html` <span class="tag unverified">+ unverified</span>`
      : NOTHING;
  const { waived = 0, new: fresh = 0 } = table;
  const cut = table.left === undefined ? NOTHING : html` <small>left early</small>`;
  const unknown = fresh === 0 ? NOTHING : html` <small>${formatCount(fresh)} new</small>`;
  const accepted = waived === 0 ? NOTHING : html` <small>${formatCounted(waived, 'row')} waived</small>`;
  const other = table.mode === mode ? NOTHING : html` <small>(${table.mode})</small>`;
  const wasRead = table.strategy !== null;
  const wasCompared = wasRead && table.strategy !== 'count';
  const perSecond = Math.round((sourceRows + targetRows) / Math.max(0.001, elapsedMs / 1000));
  const counts = (['missing', 'extra', 'changed', 'inFlight'] as const).map((kind) =>
    number(table, table[kind], { isKnown: wasCompared, kind }),
  );
  const key = table.key.map(visibleName).join(', ') || (wasCompared ? 'all values' : '–');
  return html`<tbody data-kind="${verdict}"><tr><th scope="row" class="name">${link}</th><td><span class="tag ${verdict}">${verdict}</span>${open}${cut}${unknown}${accepted}${other}</td>${number(table, sourceRows, { isKnown: wasRead })}${number(table, targetRows, { isKnown: wasRead })}${counts}<td class="name">${key}</td><td class="n" data-n="${elapsedMs}">${formatDuration(elapsedMs)}</td>${number({}, perSecond, { isKnown: wasRead })}</tr></tbody>
`;
}

/** A zero would claim that somebody looked. */
function number(
  table: Pick<TableResult, 'left'>,
  count: number,
  { isKnown, kind = '' }: { readonly isKnown: boolean; readonly kind?: string },
): Html {
  if (!isKnown) return html`<td class="n zero" data-n="-1">–</td>`;
  return html`<td class="n ${count === 0 ? 'zero' : kind}" data-n="${count}">${formatKnownCount(table, count)}</td>`;
}
