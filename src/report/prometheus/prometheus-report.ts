import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { RunResult, TableResult } from '../../core/result.js';
import type { Verdict } from '../../core/verdict.js';
import type { ReportOptions } from '../report-options.js';
import { countDifferences } from '../verdict-text.js';
import { formatMetrics, formatSeries, type Labels, type Metric } from './metric-lines.js';

/** Each is a series of its own in the database of whoever watches. */
const MOST_TABLES = 1000;
const LAST_SUCCESS = 'rowproof_last_success_timestamp_seconds';
const VERDICTS = ['verified', 'sampled', 'counted', 'unverified', 'different'] as const;

/**
 * The result as gauges for node_exporter's textfile collector. `earlier` is the file that will be replaced: when a run of
 * the same question last found nothing and checked everything is taken over from it.
 */
export function formatPrometheusReport(result: RunResult, { earlier = '' }: ReportOptions): string {
  const labels = { source: result.source.url, target: result.target.url, asked: result.askedHash };
  const metrics = [...listRunMetrics(result), ...listTableMetrics(result.tables)];
  const success = findLastSuccess(result, labels, earlier);
  const last: Metric = {
    name: LAST_SUCCESS,
    help: 'When the last run ended that was verified, as seconds since 1970.',
    samples: success === null ? [] : [{ value: success }],
  };
  return formatMetrics([...metrics, last], labels);
}

function listRunMetrics(result: RunResult): Metric[] {
  return [
    byVerdict({
      name: 'rowproof_verdict',
      help: 'One for the verdict of the last run, zero for each other.',
      count: (verdict) => Number(verdict === result.verdict),
    }),
    gauge(
      'rowproof_interrupted',
      'Whether the last run was stopped before its end.',
      Number(result.interrupted),
    ),
    gauge('rowproof_run_seconds', 'How long the last run took.', result.elapsedMs / 1000),
    {
      name: 'rowproof_last_run_timestamp_seconds',
      help: 'When the last run ended, as seconds since 1970.',
      samples: listEnd(result),
    },
    byVerdict({
      name: 'rowproof_tables',
      help: 'Table pairs by verdict.',
      count: (verdict) => result.tables.filter((table) => table.verdict === verdict).length,
    }),
    ...listRowMetrics(result),
  ];
}

function listRowMetrics({ totals, tables }: RunResult): Metric[] {
  const sides = { source: totals.sourceRows, target: totals.targetRows };
  const kinds = { missing: totals.missing, extra: totals.extra, changed: totals.changed };
  return [
    {
      name: 'rowproof_rows',
      help: 'Rows that were read, or counted, on each side.',
      samples: Object.entries(sides).map(([side, value]) => ({ labels: { side }, value })),
    },
    {
      name: 'rowproof_differing_rows',
      help: 'Rows that differ, by kind.',
      samples: Object.entries(kinds).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    gauge(
      'rowproof_in_flight_rows',
      'Rows that differed first and were equal when read again.',
      totals.inFlight,
    ),
    gauge(
      'rowproof_unverified_tables',
      'Table pairs of which something was not checked, whatever their verdict.',
      tables.filter(isPartlyUnverified).length,
    ),
    gauge(
      'rowproof_unverified_chunks',
      'Chunks of rows that could not be compared.',
      tables.reduce((sum, { coverage }) => sum + coverage.unverifiedChunks, 0),
    ),
  ];
}

interface ByVerdict extends Pick<Metric, 'name' | 'help'> {
  readonly count: (verdict: Verdict) => number;
}

function byVerdict({ name, help, count }: ByVerdict): Metric {
  return {
    name,
    help,
    samples: VERDICTS.map((verdict) => ({ labels: { verdict }, value: count(verdict) })),
  };
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, samples: [{ value }] };
}

/** By table, never by row: those that need attention come first where there are too many. */
function listTableMetrics(tables: readonly TableResult[]): Metric[] {
  const attention = (table: TableResult) =>
    Number(table.verdict === 'different') * 2 + Number(isPartlyUnverified(table));
  const listed = tables
    .toSorted((one, other) => attention(other) - attention(one))
    .slice(0, MOST_TABLES)
    .map((table) => ({ table, labels: nameTable(table) }));
  return [
    {
      name: 'rowproof_table_differing_rows',
      help: 'Rows of a table pair that differ.',
      samples: listed.map(({ table, labels }) => ({ labels, value: countDifferences(table) })),
    },
    {
      name: 'rowproof_table_different',
      help: 'Whether a table pair is different, also where it is not its rows that differ.',
      samples: listed.map(({ table, labels }) => ({ labels, value: Number(table.verdict === 'different') })),
    },
    {
      name: 'rowproof_table_unverified',
      help: 'Whether something of a table pair was not checked.',
      samples: listed.map(({ table, labels }) => ({ labels, value: Number(isPartlyUnverified(table)) })),
    },
    gauge(
      'rowproof_tables_left_out',
      'Table pairs that have no series of their own.',
      tables.length - listed.length,
    ),
  ];
}

/** Both names together are what no other pair has. */
function nameTable({ source, target }: TableResult): Labels {
  return { source_table: source ?? '', target_table: target ?? '' };
}

function findLastSuccess(result: RunResult, labels: Labels, earlier: string): number | null {
  if (result.verdict === 'verified' && !result.interrupted) return endOf(result);
  const series = `${formatSeries(LAST_SUCCESS, labels)} `;
  const line = earlier.split('\n').find((each) => each.startsWith(series));
  const value = Number(line?.slice(series.length) ?? Number.NaN);
  return Number.isSafeInteger(Math.round(value)) && value > 0 ? value : null;
}

function listEnd(result: RunResult): Metric['samples'] {
  const ended = endOf(result);
  return ended === null ? [] : [{ value: ended }];
}

/** In seconds since 1970; null where a saved result was edited. */
function endOf({ startedAt, elapsedMs }: RunResult): number | null {
  const started = Date.parse(startedAt);
  return Number.isNaN(started) ? null : Math.round((started + elapsedMs) / 1000);
}
