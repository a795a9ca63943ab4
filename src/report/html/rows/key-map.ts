import type { TableResult } from '../../../core/result.js';
import { formatCount, formatCounted } from '../../../words/number-text.js';
import { visibleName } from '../../../words/visible-text.js';
import { formatKnownCount } from '../../verdict-text.js';
import { type Html, html, NOTHING } from '../html-text.js';
import type { KindCounts } from './key-histogram.js';
import type { KeyScale } from './key-scale.js';
import { chooseAxis, type MapAxis } from './map-axis.js';
import type { KeyMap } from './table-rows.js';

const COLUMNS = 500;
const HEIGHT = 24;
/** So high at least, or a single row among many would not be seen. */
const LEAST_HEIGHT = 6;
const MOST_PLACES = 8;
const KINDS = ['missing', 'extra', 'changed'] as const;

const NO_MAP = html`<p class="cut">There is no map of where rows differ: the order of these keys is the server’s affair.</p>
`;
const HIDDEN_MAP = html`<p class="cut">There is no map of where rows differ, because keys are hidden.</p>
`;

interface Mapped {
  readonly map: KeyMap | null;
  readonly table: TableResult;
  readonly areKeysHidden: boolean;
}

/** A picture of where in the key space rows differ, a lane for each kind, and the same in words. */
export function formatKeyMap({ map, table, areKeysHidden }: Mapped): Html {
  const axis = map === null ? null : chooseAxis(map, table);
  if (map === null && table.key.length > 0) return areKeysHidden ? HIDDEN_MAP : NO_MAP;
  if (map === null || axis === null || axis.first === axis.last) return NOTHING;
  const columns = countColumns(map, axis);
  const lanes = KINDS.filter((kind) => columns.some((counts) => counts[kind] > 0));
  const { scale } = map;
  const [first = ''] = table.key;
  const more = table.key.length > 1 ? html`, the first column of the key` : NOTHING;
  const off =
    map.offScale === 0
      ? NOTHING
      : html` ${formatCounted(map.offScale, 'row')} with other keys are not on it.`;
  return html`<figure class="map"><figcaption><b>Where rows differ</b>, by <code>${visibleName(first)}</code>${more}. ${axis.note}${off}</figcaption>
${lanes.map((kind) => formatLane({ kind, columns, table }))}<div class="axis"><span>${scale.format(axis.first)}</span><span>${scale.format(axis.last)}</span></div>
${formatPlaces(listPlaces(map), scale)}</figure>
`;
}

function countColumns({ histogram }: KeyMap, { first, last }: MapAxis): KindCounts[] {
  const columns = Array.from({ length: COLUMNS }, () => ({ missing: 0, extra: 0, changed: 0 }));
  const places = last - first + 1n;
  const columnOf = (place: bigint): number => {
    const inside = place < first ? first : place > last ? last : place;
    return Number(((inside - first) * BigInt(COLUMNS)) / places);
  };
  for (const { from, counts } of histogram.list()) {
    const [begin, end] = [columnOf(from), columnOf(from + histogram.width - 1n)];
    for (let at = begin; at <= end; at++) {
      const column = columns[at];
      if (column === undefined) continue;
      for (const kind of KINDS) column[kind] += counts[kind] / (end - begin + 1);
    }
  }
  return columns;
}

interface Lane {
  readonly kind: (typeof KINDS)[number];
  readonly columns: readonly KindCounts[];
  readonly table: TableResult;
}

function formatLane({ kind, columns, table }: Lane): Html {
  const most = Math.max(...columns.map((counts) => counts[kind]));
  const bars = columns.flatMap(({ [kind]: count }, at) => {
    if (count === 0) return [];
    const height = Math.round(LEAST_HEIGHT + ((HEIGHT - LEAST_HEIGHT) * count) / most);
    return [`M${at} ${HEIGHT}v-${height}h1v${height}z`];
  });
  const label = `${kind} rows: ${formatKnownCount(table, table[kind])}, in ${formatCount(bars.length)} of ${COLUMNS} equal stretches of the keys`;
  return html`<div class="lane"><span class="tag ${kind}">${kind}</span><svg viewBox="0 0 ${COLUMNS} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="${kind}" d="${bars.join('')}"/></svg></div>
`;
}

interface Stretch {
  readonly from: bigint;
  to: bigint;
  readonly counts: KindCounts;
}

/** Stretches of bins that follow each other, those with most rows first. */
function listPlaces({ histogram }: KeyMap): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, counts } of histogram.list()) {
    const last = stretches.at(-1);
    const to = from + histogram.width - 1n;
    if (last === undefined || last.to + 1n !== from) {
      stretches.push({ from, to, counts: { ...counts } });
      continue;
    }
    last.to = to;
    for (const kind of KINDS) last.counts[kind] += counts[kind];
  }
  const { first, last } = histogram.range ?? { first: 0n, last: 0n };
  return stretches
    .map(({ from, to, counts }) => ({ from: from < first ? first : from, to: to > last ? last : to, counts }))
    .sort((one, other) => totalOf(other) - totalOf(one));
}

function totalOf({ counts: { missing, extra, changed } }: Stretch): number {
  return missing + extra + changed;
}

function formatPlaces(stretches: readonly Stretch[], scale: KeyScale): Html {
  const shown = stretches.slice(0, MOST_PLACES);
  const rows = shown.map(({ from, to, counts }) => {
    const keys = from === to ? scale.format(from) : `${scale.format(from)} – ${scale.format(to)}`;
    return html`<tr><th scope="row">${keys}</th>${KINDS.map((kind) => html`<td class="n">${formatCount(counts[kind])}</td>`)}</tr>`;
  });
  const more = stretches.length - shown.length;
  const rest =
    more === 0
      ? NOTHING
      : html`<p class="cut">… and ${formatCount(more)} more ${more === 1 ? 'stretch' : 'stretches'} of keys.</p>`;
  return html`<details><summary>The same in numbers</summary><table class="places"><thead><tr><th scope="col">keys</th>${KINDS.map((kind) => html`<th scope="col" class="n">${kind}</th>`)}</tr></thead><tbody>${rows}</tbody></table>${rest}</details>`;
}
