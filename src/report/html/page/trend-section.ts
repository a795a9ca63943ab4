import { type Night, sumNight } from '../../../core/trend.js';
import { formatCount, formatCounted } from '../../../words/number-text.js';
import { formatDiffering, formatKnown, formatMoment } from '../../trend-report.js';
import { type Html, html, NOTHING } from '../html-text.js';

/** More nights are no picture any more. */
const MOST_NIGHTS = 60;
const HEIGHT = 60;
/** So high at least, or a single row among many would not be seen. */
const LEAST_HEIGHT = 3;
const WIDTH = 1000;

/** How the differing rows of the last runs came and went, as bars and as a table; nothing where there is one run alone. */
export function formatTrendSection(trend: readonly Night[]): Html {
  if (trend.length < 2) return NOTHING;
  const nights = trend.slice(-MOST_NIGHTS).map((night) => ({ night, sum: sumNight(night) }));
  const most = Math.max(1, ...nights.map(({ sum }) => sum.differing));
  const rows = nights.map(
    ({ night, sum }) =>
      html`<tr><th scope="row">${formatMoment(night.startedAt)}</th><td><span class="tag ${night.verdict}">${night.verdict}</span></td>${[formatDiffering(sum), ...[sum.waived, sum.new, sum.persisting, sum.healed].map(formatKnown)].map((count) => html`<td class="n">${count}</td>`)}</tr>`,
  );
  const isUntold = nights.some(({ sum }) => sum.new === null);
  const untold = isUntold ? html` <span class="tag">not told apart</span>` : NOTHING;
  const left = trend.length - nights.length;
  const cut = left === 0 ? NOTHING : html` The ${formatCounted(left, 'run')} before are left out.`;
  const bars = formatBars(
    nights.map(({ sum }) => sum),
    most,
  );
  return html`<h2 id="trend">The last runs</h2>
<figure class="map"><figcaption>Rows that differ, run by run, at most ${formatCount(most)}: <span class="tag changed">known before</span> <span class="tag missing">new</span>${untold}.${cut}</figcaption>
${bars}<details open><summary>The same in numbers</summary><table class="places"><thead><tr><th scope="col">run began (UTC)</th><th scope="col">verdict</th>${['differ', 'waived', 'new', 'persist', 'healed'].map((head) => html`<th scope="col" class="n">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></details></figure>
`;
}

type Sum = ReturnType<typeof sumNight>;

const KINDS = ['changed', 'missing', 'untold'] as const;

/** From below: rows that were known before, then new ones; a bar of its own kind where nobody can tell them apart. */
function formatBars(sums: readonly Sum[], most: number): Html {
  const step = WIDTH / sums.length;
  const width = Math.max(2, Math.floor(step * 0.8));
  const heightOf = (count: number): number =>
    count === 0 ? 0 : Math.max(LEAST_HEIGHT, Math.round((HEIGHT * count) / most));
  const bars = sums.map((sum, at) => {
    const left = Math.round(at * step);
    if (sum.new === null) return { untold: bar(left, width, [0, heightOf(sum.differing)]) };
    const known = heightOf(sum.differing - sum.new);
    return { changed: bar(left, width, [0, known]), missing: bar(left, width, [known, heightOf(sum.new)]) };
  });
  const label = `rows that differ in the last ${formatCounted(sums.length, 'run')}: ${sums.map(formatDiffering).join(', ')}`;
  const paths = KINDS.map((kind) => {
    const d = bars.map((each: Readonly<Partial<Record<typeof kind, string>>>) => each[kind] ?? '').join('');
    return d === '' ? NOTHING : html`<path class="${kind}" d="${d}"/>`;
  });
  return html`<div class="trend"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + LEAST_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${paths}</svg></div>
`;
}

function bar(x: number, width: number, [from, height]: readonly [number, number]): string {
  if (height === 0) return '';
  const bottom = HEIGHT + LEAST_HEIGHT - from;
  return `M${x} ${bottom}v-${height}h${width}v${height}z`;
}
