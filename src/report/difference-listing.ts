import type { Diagnosis } from '../core/diagnosis.js';
import type { TableResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { formatValue, formatValuePair } from '../words/value-text.js';
import { visibleName } from '../words/visible-text.js';
import { formatDiagnoses } from './diagnosis-listing.js';
import { type DifferenceLine, describeDifference } from './difference-line.js';
import { formatGrid, GRID_GAP, type GridCell, type GridColumn, naturalWidth } from './grid.js';
import type { Paint } from './paint.js';
import { atLeast, countDifferences, formatDifferenceCounts, formatPairName } from './verdict-text.js';
import { wrapWords } from './wrap-text.js';

/** More than this many rows of a table belong into the differences file, not into a report. */
const MOST_ROWS = 10;
/** Two lines of a cell hold a value, but never fewer characters than the first and never more than the second. */
const VALUE_LIMITS = [40, 110] as const;
const LEAST_VALUE_WIDTH = 12;

interface Listing {
  readonly table: TableResult;
  /** Causes that the report tells elsewhere, for several tables together. */
  readonly told: ReadonlySet<Diagnosis>;
  readonly width: number;
  readonly paint: Paint;
}

/** The first differing rows of a table pair, changed values side by side, and how many more there are. */
export function formatDifferenceListing({ table, told, width, paint }: Listing): string {
  const shown = table.sample.slice(0, MOST_ROWS);
  const title = `${formatPairName(table)}: ${formatDifferenceCounts(table)}`;
  const lines = wrapWords(title, width).map((line) => paint('strong', line));
  const changedColumns = describeChangedColumns(table);
  if (changedColumns !== '') lines.push(...wrapWords(`Changed columns: ${changedColumns}`, width));
  lines.push(...formatDiagnoses({ table, told, width, paint }));
  const described = shown.flatMap((row) => describeDifference({ row, key: table.key }));
  if (described.length > 0) lines.push('', formatLines({ lines: described, key: table.key, width, paint }));
  const more = countDifferences(table) - shown.length;
  if (more > 0) {
    const others =
      shown.length === 0
        ? formatCounted(more, 'differing row')
        : `… and ${atLeast(table)}${formatCount(more)} more`;
    const which = table.left === undefined ? 'every one' : 'every one that was found';
    lines.push(`${others}; --differences PATH writes ${which}`);
  }
  return lines.join('\n');
}

function describeChangedColumns({ changedColumns }: TableResult): string {
  return Object.entries(changedColumns)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${visibleName(name)} (${formatCounted(count, 'row')})`)
    .join(', ');
}

interface Lines {
  readonly lines: readonly DifferenceLine[];
  readonly key: readonly string[];
  readonly width: number;
  readonly paint: Paint;
}

function formatLines({ lines, key, width, paint }: Lines): string {
  const keyHead = key.length === 0 ? 'values' : `key: ${key.map(visibleName).join(', ')}`;
  const withValues = lines.some((line) => line.values.kind !== 'none');
  const columns = [
    columnFor(
      'row',
      lines.map((line) => line.kind),
      width,
    ),
    columnFor(
      keyHead,
      lines.map((line) => line.key),
      Math.floor(width / 3),
    ),
  ];
  const withColumn = lines.some((line) => line.column !== '');
  if (withColumn)
    columns.push(
      columnFor(
        'column',
        lines.map((line) => line.column),
        Math.floor(width / 4),
      ),
    );
  const taken = columns.reduce((sum, each) => sum + each.maxWidth + GRID_GAP, 0);
  const valueWidth = Math.max(LEAST_VALUE_WIDTH, Math.floor((width - taken - GRID_GAP) / 2));
  const [least, most] = VALUE_LIMITS;
  const limit = Math.min(most, Math.max(least, valueWidth * 2));
  if (withValues) {
    for (const head of ['source', 'target'])
      columns.push({ head, align: 'left', maxWidth: valueWidth, wrap: 'cut' });
  }
  const rows = lines.map((line) => cellsOf(line, { limit, withColumn }));
  return formatGrid({ columns, rows, paint });
}

function columnFor(head: string, texts: readonly string[], mostWidth: number): GridColumn {
  return { head, align: 'left', maxWidth: Math.min(naturalWidth(head, texts), mostWidth), wrap: 'words' };
}

function cellsOf(
  { kind, key, column, values }: DifferenceLine,
  { limit, withColumn }: { readonly limit: number; readonly withColumn: boolean },
): GridCell[] {
  const cells: GridCell[] = [
    { text: kind, tone: 'bad' },
    { text: key, tone: 'plain' },
  ];
  if (withColumn) cells.push({ text: column, tone: 'plain' });
  if (values.kind === 'presence') {
    cells.push({ text: values.source, tone: 'faint' }, { text: values.target, tone: 'faint' });
  }
  if (values.kind === 'pair') {
    const { source, target } = values;
    const texts =
      source === undefined || target === undefined
        ? [source, target].map((value) => (value === undefined ? '' : formatValue(value, limit)))
        : formatValuePair({ source, target, limit });
    cells.push(...texts.map((text): GridCell => ({ text, tone: 'plain' })));
  }
  return cells;
}
