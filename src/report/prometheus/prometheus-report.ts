import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { RunResult, TableResult } from '../../core/result.js';
import type { ReportOptions } from '../report-options.js';
import { countDifferences } from '../verdict-text.js';
import {
  type RunLabels,
  readSuccesses,
  type Success,
  sayEnd,
  saySuccesses,
  sayVerdict,
  VERDICTS,
} from './last-run.js';
import { formatMetrics, type Labels, type Metric } from './metric-lines.js';

/** Each is a series of its own in the database of whoever watches. */
const MOST_TABLES = 1000;

/**
 * The result as gauges for node_exporter's textfile collector. `earlier` is the file that will be replaced: when a run of
 * the same question last found nothing and checked everything is taken over from it.
 */
export function formatPrometheusReport(result: RunResult, { earlier = '' }: ReportOptions): string {
  const labels = { source: result.source.url, target: result.target.url, asked: result.askedHash };
  const metrics = [...listRunMetrics(result), ...listTableMetrics(result.tables)];
  const last = saySuccesses(findSuccesses(result, labels, earlier));
  return formatMetrics([...metrics, last], labels);
}

function listRunMetrics(result: RunResult): Metric[] {
  return [
    sayVerdict(result.verdict),
    gauge(
      'rowproof_interrupted',
      'Whether the last run was stopped before its end.',
      Number(result.interrupted),
    ),
    gauge('rowproof_run_seconds', 'How long the last run took.', result.elapsedMs / 1000),
    sayEnd(endOf(result)),
    {
      name: 'rowproof_tables',
      help: 'Table pairs by verdict.',
      samples: VERDICTS.map((verdict) => ({
        labels: { verdict },
        value: result.tables.filter((table) => table.verdict === verdict).length,
      })),
    },
    ...listRowMetrics(result),
  ];
}

function listRowMetrics({ totals, tables, baseline, replication }: RunResult): Metric[] {
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
      help: 'Rows that differ, by kind, those that are waived too; the least that there are where rowproof_left_tables is not 0.',
      samples: Object.entries(kinds).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    gauge('rowproof_waived_rows', 'Rows that differ and were accepted.', totals.waived ?? 0),
    ...(baseline === undefined
      ? []
      : [gauge('rowproof_new_differences', 'Differences that the baseline does not know.', baseline.new)]),
    gauge(
      'rowproof_in_flight_rows',
      'Rows that differed first and were equal when read again.',
      totals.inFlight,
    ),
    gauge(
      'rowproof_unsettled_rows',
      'Rows that were looked at again and of which nobody can say whether they differ.',
      totals.unsettled ?? 0,
    ),
    ...(replication?.lagMs === undefined || replication.lagMs === null
      ? []
      : [
          gauge(
            'rowproof_target_lag_seconds',
            'How long the target took, at the end, to come up to where the source was.',
            replication.lagMs.last / 1000,
          ),
        ]),
    gauge(
      'rowproof_unverified_tables',
      'Table pairs of which something was not checked, whatever their verdict.',
      tables.filter(isPartlyUnverified).length,
    ),
    gauge(
      'rowproof_left_tables',
      'Table pairs that were left once enough of their rows differed.',
      totals.left ?? 0,
    ),
    gauge(
      'rowproof_unverified_chunks',
      'Chunks of rows that could not be compared.',
      tables.reduce((sum, { coverage }) => sum + coverage.unverifiedChunks, 0),
    ),
  ];
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
      name: 'rowproof_table_left',
      help: 'Whether a table pair was left once enough of its rows differed, so that more may.',
      samples: listed.map(({ table, labels }) => ({ labels, value: Number(table.left !== undefined) })),
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

function findSuccesses(result: RunResult, labels: RunLabels, earlier: string): readonly Success[] {
  const ended = endOf(result);
  if (result.verdict !== 'verified' || result.interrupted || result.part !== undefined)
    return readSuccesses(earlier, labels).filter(({ asked }) => asked === labels.asked);
  return ended === null ? [] : [{ asked: labels.asked, value: ended }];
}

/** In seconds since 1970; null where a saved result was edited. */
function endOf({ startedAt, elapsedMs }: RunResult): number | null {
  const started = Date.parse(startedAt);
  return Number.isNaN(started) ? null : Math.round((started + elapsedMs) / 1000);
}
