import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { TableResult } from '../core/result.js';
import type { Mode } from '../core/verdict.js';
import { formatCount } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';
import { formatGrid, GRID_GAP, type GridCell, type GridColumn, naturalWidth } from './grid.js';
import type { Paint } from './paint.js';
import {
  countDifferences,
  formatDifferenceCounts,
  formatKnownCount,
  formatPairName,
  VERDICT_TONES,
} from './verdict-text.js';

/** A table pair of the overview, with what told its rows apart. */
type OverviewRow = TableResult & { readonly identity: string };

/** Its head: by which columns a row of one side is that of the other. */
const IDENTITY = 'rows told\napart by';

interface OverviewColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly cell: (table: OverviewRow) => GridCell;
}

const NAME: OverviewColumn = { head: 'table', align: 'left', cell: (table) => plain(formatPairName(table)) };
const NAME_AND_IDENTITY: OverviewColumn = {
  ...NAME,
  cell: (table) => plain(`${formatPairName(table)}\n  ${describeIdentity(table)}`),
};
const SHARED: readonly OverviewColumn[] = [
  {
    head: 'verdict',
    align: 'left',
    cell: (table) => ({ text: verdictWords(table), tone: VERDICT_TONES[table.verdict] }),
  },
  { head: 'source\nrows', align: 'right', cell: (table) => rowsRead(table, table.sourceRows) },
  { head: 'target\nrows', align: 'right', cell: (table) => rowsRead(table, table.targetRows) },
];
const WIDE: readonly OverviewColumn[] = [
  NAME,
  ...SHARED,
  { head: 'missing', align: 'right', cell: (table) => differingRows(table, 'missing') },
  { head: 'extra', align: 'right', cell: (table) => differingRows(table, 'extra') },
  { head: 'changed', align: 'right', cell: (table) => differingRows(table, 'changed') },
  { head: 'in\nflight', align: 'right', cell: (table) => differingRows(table, 'inFlight') },
  { head: IDENTITY, align: 'left', cell: (table) => plain(table.identity) },
];
const NARROW: readonly OverviewColumn[] = [
  NAME_AND_IDENTITY,
  ...SHARED,
  {
    head: 'rows that\ndiffer',
    align: 'left',
    cell: (table) => ({
      text: wasCompared(table) ? formatDifferenceCounts(table).replaceAll(', ', '\n') : NOT_READ,
      tone: countDifferences(table) > 0 ? 'bad' : 'faint',
    }),
  },
];

const NOT_READ = '–';
const LEAST_NAME_WIDTH = 30;
const MOST_IDENTITY_WIDTH = 30;
const ORDER = { different: 0, unverified: 1, waived: 2, sampled: 2, counted: 2, verified: 2 } as const;

/** One row per table pair, those that need attention first; on a narrow terminal the counts share one column. */
export function formatOverview({ tables, mode, width, paint }: Overview): string {
  const sorted = tables
    .map((table) => ({ ...table, identity: formatIdentity(table, mode) }))
    .sort((one, other) => ORDER[one.verdict] - ORDER[other.verdict]);
  const wide = layOut(WIDE, sorted, width);
  const columns = wide.nameWidth >= LEAST_NAME_WIDTH ? WIDE : NARROW;
  const grid = columns === WIDE ? wide.columns : layOut(NARROW, sorted, width).columns;
  return formatGrid({
    columns: grid,
    rows: sorted.map((table) => columns.map((column) => column.cell(table))),
    paint,
  });
}

interface Overview {
  readonly tables: readonly TableResult[];
  /** The mode of the run; that of a table is named where it is another one. */
  readonly mode: Mode;
  readonly width: number;
  readonly paint: Paint;
}

/** Gives every column but the first what it needs, and the first what is left. */
function layOut(
  columns: readonly OverviewColumn[],
  tables: readonly OverviewRow[],
  width: number,
): { readonly columns: readonly GridColumn[]; readonly nameWidth: number } {
  const widths = columns.map((column) => {
    const natural = naturalWidth(
      column.head,
      tables.map((table) => column.cell(table).text),
    );
    return column.head === IDENTITY ? Math.min(natural, MOST_IDENTITY_WIDTH) : natural;
  });
  const others = widths.slice(1).reduce((sum, each) => sum + each + GRID_GAP, 0);
  const nameWidth = width - others;
  const fitted = columns.map((column, index) => ({
    head: column.head,
    align: column.align,
    maxWidth: index === 0 ? Math.max(12, nameWidth) : (widths[index] ?? 1),
    wrap: 'words' as const,
  }));
  return { columns: fitted, nameWidth: nameWidth >= (widths[0] ?? 0) ? LEAST_NAME_WIDTH : nameWidth };
}

const HASHED_BY = {
  client: '',
  server: ', hashed by the servers',
  mixed: ', partly hashed by the servers',
} as const;

function formatIdentity(table: TableResult, runMode: Mode): string {
  if (!wasRead(table)) return 'not read';
  if (table.strategy === 'count') return 'counted only';
  const key = table.key.map(visibleName).join(', ');
  const identity = `${key === '' ? 'all values' : key}${HASHED_BY[table.checksum ?? 'client']}`;
  return table.mode === runMode ? identity : `${identity} (${table.mode})`;
}

/** What has no key columns says by itself what it is. */
function describeIdentity(table: OverviewRow): string {
  return wasCompared(table) ? `by ${table.identity}` : table.identity;
}

function verdictWords(table: TableResult): string {
  const open = table.verdict !== 'unverified' && isPartlyUnverified(table) ? '\n+ unverified' : '';
  const { waived = 0, new: fresh = 0, left } = table;
  const counts = [
    ...(left === undefined ? [] : ['\nleft early']),
    ...(fresh === 0 ? [] : [`\n${formatCount(fresh)} new`]),
    ...(waived === 0 ? [] : [`\n${formatCount(waived)} waived`]),
  ];
  return `${table.verdict}${open}${counts.join('')}`;
}

/** A zero would claim that somebody looked. */
function wasRead({ strategy, coverage, sourceRows, targetRows }: TableResult): boolean {
  return strategy !== null && (coverage.chunks > 0 || sourceRows > 0 || targetRows > 0);
}

/** Counting tells how many rows there are, not which of them differ. */
function wasCompared(table: TableResult): boolean {
  return wasRead(table) && table.strategy !== 'count';
}

function rowsRead(table: TableResult, count: number): GridCell {
  return wasRead(table) ? plain(formatKnownCount(table, count)) : { text: NOT_READ, tone: 'faint' };
}

function differingRows(table: TableResult, kind: 'missing' | 'extra' | 'changed' | 'inFlight'): GridCell {
  if (!wasCompared(table)) return { text: NOT_READ, tone: 'faint' };
  const count = table[kind];
  return {
    text: formatKnownCount(table, count),
    tone: count === 0 ? 'faint' : kind === 'inFlight' ? 'warn' : 'bad',
  };
}

function plain(text: string): GridCell {
  return { text, tone: 'plain' };
}
