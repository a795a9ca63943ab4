import type { Night, TableNight } from '../core/trend.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { guardJson, visibleName } from '../words/visible-text.js';
import { formatGrid, type GridColumn, naturalWidth } from './grid.js';
import { createPaint } from './paint.js';

export const TREND_FORMAT = 'rowproof/trend@1';

const HEADS = ['run began (UTC)', 'verdict', 'differ', 'waived', 'new', 'persist', 'healed'] as const;
const LEAST_WIDTH = 72;

/** The trend of a history as JSON. */
export function formatTrendJson(nights: readonly Night[]): string {
  return `${guardJson(JSON.stringify({ format: TREND_FORMAT, nights }, null, 2))}\n`;
}

/** For each table that differed in any run, all runs in the order of their time. */
export function formatTrend(nights: readonly Night[], width: number): string {
  if (nights.length === 0) return 'The history holds no run.\n';
  const stories = listStories(nights);
  const differing = stories.filter(({ nights: own }) =>
    own.some(({ table }) => table.differing > 0 || table.verdict === 'different'),
  );
  const quiet = stories.length - differing.length;
  const parts = differing.map((story) => formatStory(story, Math.max(LEAST_WIDTH, width)));
  const rest =
    quiet === 0
      ? []
      : [
          `${formatCounted(quiet, 'table')} never differed as far as ${quiet === 1 ? 'it was' : 'they were'} looked at.`,
        ];
  const told = [...parts, ...rest, `${formatCounted(nights.length, 'run')}.`].join('\n\n');
  return `${told}${told.includes(UNKNOWN) ? ` ${LEGEND}` : ''}\n`;
}

/** Stands for a number that nobody can tell. */
const UNKNOWN = '–';
const LEGEND = '– cannot be told: rows were not all read, or too many differed to remember each.';

/** A table of two databases, in every run that had it. */
interface Story {
  readonly title: string;
  readonly nights: readonly { readonly startedAt: string; readonly table: TableNight }[];
}

function listStories(nights: readonly Night[]): Story[] {
  const pairs = new Set(nights.map(({ source, target }) => JSON.stringify([source, target])));
  const stories = new Map<string, { title: string; nights: { startedAt: string; table: TableNight }[] }>();
  for (const { startedAt, source, target, tables } of nights) {
    for (const table of tables) {
      const name = JSON.stringify([source, target, table.table]);
      const where = pairs.size === 1 ? '' : ` (${visibleName(source)} → ${visibleName(target)})`;
      const story = stories.get(name) ?? { title: `${visibleName(table.table)}${where}`, nights: [] };
      story.nights.push({ startedAt, table });
      stories.set(name, story);
    }
  }
  return [...stories.values()];
}

function formatStory({ title, nights }: Story, width: number): string {
  const rows = nights.map(({ startedAt, table }) => cellsOf(startedAt, table));
  const columns = HEADS.map(
    (head, at): GridColumn => ({
      head,
      align: at < 2 ? 'left' : 'right',
      maxWidth: Math.min(
        width,
        naturalWidth(
          head,
          rows.map((row) => row[at] ?? ''),
        ),
      ),
      wrap: 'words',
    }),
  );
  const grid = formatGrid({
    columns,
    rows: rows.map((row) => row.map((text) => ({ text, tone: 'plain' as const }))),
    paint: createPaint(false),
  });
  return `${title}\n${grid}`;
}

function cellsOf(startedAt: string, table: TableNight): string[] {
  const { verdict, waived, persisting, again } = table;
  const also = again === null || again === 0 ? '' : ` (${formatCount(again)} anew)`;
  return [
    formatMoment(startedAt),
    verdict,
    formatDiffering(table),
    formatCount(waived),
    formatKnown(table.new),
    `${formatKnown(persisting)}${also}`,
    formatKnown(table.healed),
  ];
}

/** `2026-01-31 02:00:00`. */
export function formatMoment(startedAt: string): string {
  return startedAt.slice(0, 19).replace('T', ' ');
}

/** How many rows differ, or the least that do where a table was left before its end. */
export function formatDiffering({ differing, isLeft }: Pick<TableNight, 'differing' | 'isLeft'>): string {
  return `${isLeft === true ? '≥ ' : ''}${formatCount(differing)}`;
}

/** A zero would claim that somebody could tell. */
export function formatKnown(count: number | null): string {
  return count === null ? UNKNOWN : formatCount(count);
}
