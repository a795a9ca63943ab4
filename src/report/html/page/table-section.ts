import type { TableResult } from '../../../core/result.js';
import { formatCount, formatCounted } from '../../../words/number-text.js';
import { visibleName } from '../../../words/visible-text.js';
import { tellDiagnoses } from '../../diagnosis-listing.js';
import { atLeast, countDifferences, formatDifferenceCounts, formatPairName } from '../../verdict-text.js';
import { bytesOf, type Html, html, NOTHING } from '../html-text.js';
import { formatKeyMap } from '../rows/key-map.js';
import { CHOICES } from '../rows/row-choice.js';
import type { ShownRow, TableRows } from '../rows/table-rows.js';

const MOST_DIAGNOSES = 30;
const MOST_CHANGED_COLUMNS = 60;

interface Section {
  readonly table: TableResult;
  readonly rows: TableRows;
  readonly anchor: string;
  readonly areKeysHidden: boolean;
  /** About how many bytes the section may take. */
  readonly mostBytes: number;
}

/** What is to be told of a table pair whose rows differ: why, where, and a sample of the rows. */
export function formatTableSection({ table, rows, anchor, areKeysHidden, mostBytes }: Section): Html {
  const title = html`<h3 id="${anchor}">${formatPairName(table)}</h3>
<p><b>${formatDifferenceCounts(table)}</b> of ${formatCount(table.sourceRows)} source and ${formatCount(table.targetRows)} target rows${table.left === undefined ? '' : ' that were read'}.${formatChangedColumns(table)}</p>
`;
  const why = formatWhy(table);
  const map = formatKeyMap({ map: rows.map, table, areKeysHidden });
  const used = [title, why, map].reduce((sum, part) => sum + bytesOf(part), 0);
  return html`<section aria-labelledby="${anchor}">${title}${why}${map}${formatSample({ table, rows: chooseRows(rows.shown, mostBytes - used) })}</section>
`;
}

function formatChangedColumns({ changedColumns }: TableResult): Html {
  const sorted = Object.entries(changedColumns).sort(([, one], [, other]) => other - one);
  if (sorted.length === 0) return NOTHING;
  const named = sorted
    .slice(0, MOST_CHANGED_COLUMNS)
    .map(([name, count]) => `${visibleName(name)} (${formatCount(count)})`);
  const more = sorted.length - named.length;
  return html` Changed columns: ${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}.`;
}

function formatWhy(table: TableResult): Html {
  const told = tellDiagnoses(table);
  if (told.length === 0)
    return html`<p>Why they differ is not known: the rows show no pattern that Rowproof knows.</p>`;
  const items = told
    .slice(0, MOST_DIAGNOSES)
    .map(
      ({ text, notes, rest }) =>
        html`<li>${text}${notes.map((note) => html`<br><span class="hint">${note}</span>`)}</li>${rest.map((each) => html`<li>${each}</li>`)}`,
    );
  const more = told.length - items.length;
  const last = more > 0 ? html`<li class="cut">… and ${formatCount(more)} more causes</li>` : NOTHING;
  return html`<p><b>Why</b></p><ul class="findings">${items}${last}</ul>`;
}

/** As many as there is room for, those first that show a cause; then in the order of the key again. */
function chooseRows(shown: readonly ShownRow[], mostBytes: number): readonly ShownRow[] {
  const wanted = shown.toSorted(
    (one, other) => CHOICES.indexOf(one.choice) - CHOICES.indexOf(other.choice) || one.at - other.at,
  );
  const taken: ShownRow[] = [];
  let bytes = 0;
  for (const row of wanted) {
    bytes += bytesOf(row.markup);
    if (bytes > mostBytes && taken.length > 0) break;
    taken.push(row);
  }
  return taken.sort((one, other) => one.at - other.at);
}

interface Sample {
  readonly table: TableResult;
  readonly rows: readonly ShownRow[];
}

function formatSample({ table, rows }: Sample): Html {
  const more = countDifferences(table) - rows.length;
  const rest =
    more <= 0
      ? html`<p class="cut">These are all${table.left === undefined ? '' : ' that were found before the table was left'}.</p>`
      : html`<p class="cut">… and ${atLeast(table)}${formatCounted(more, 'more differing row')}. These are the first, some of each shape and cause, and some from everywhere; --differences PATH writes every one${table.left === undefined ? '' : ' that was found'}.</p>`;
  if (rows.length === 0) return rest;
  const key = table.key.length === 0 ? 'Row' : `Key: ${table.key.map(visibleName).join(', ')}`;
  return html`<div class="wide"><table class="rows" data-name="${formatPairName(table)}" aria-label="Differing rows of ${formatPairName(table)}"><thead><tr><th scope="col">Kind</th><th scope="col">${key}</th><th scope="col">Column</th><th scope="col" class="value">Source</th><th scope="col" class="value">Target</th><th scope="col" class="shows">Shows</th></tr></thead>
${rows.map(({ markup }) => markup)}</table></div>${rest}`;
}
