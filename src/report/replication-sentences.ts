import type { ReplicationResult, RowCounts, RunResult } from '../core/result.js';
import { formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';

/** How the target followed the source, in sentences; none where it is not known to. */
export function listReplication({
  replication,
  totals,
}: Pick<RunResult, 'replication' | 'totals'>): string[] {
  if (replication === undefined) return [];
  const wasRead = totals.sourceRows + totals.targetRows > 0;
  const positions = wasRead ? listPositions(replication) : [];
  const { fences, lagMs } = replication;
  const ways = fences.map(({ way, tables }) => `${visibleName(way)} for ${formatCounted(tables, 'table')}`);
  const lag =
    lagMs === null
      ? ''
      : ` It took ${formatDuration(lagMs.most)} at the most to come up to where the source was, and ${formatDuration(lagMs.last)} at the end.`;
  return [`The target follows the source, which is known by ${ways.join(', ')}. ${lag}`, ...positions];
}

/** Between which positions of the source each row was equal. */
export function listPositions({ sourceFrom, sourceTo }: ReplicationResult): string[] {
  if (sourceFrom === null) return [];
  const to = sourceTo === null ? '' : `, and at ${visibleName(sourceTo)} after the last`;
  return [`The source stood at ${visibleName(sourceFrom)} before the first row was read${to}.`];
}

/** ", 3 unsettled" behind other counts; empty where no row is. */
export function formatUnsettled({ unsettled = 0 }: Pick<RowCounts, 'unsettled'>): string {
  return unsettled === 0 ? '' : `, ${formatCount(unsettled)} unsettled`;
}

/** What became of rows that differed first, for those who do not know the words. */
export function listMovingRows({ inFlight, unsettled = 0 }: RowCounts): string[] {
  return [
    ...(inFlight > 0
      ? [`${formatCounted(inFlight, 'row')} in flight: different when read first, equal when read again.`]
      : []),
    ...(unsettled > 0
      ? [
          `${formatCounted(unsettled, 'row')} unsettled: looked at again, and neither proved equal nor proved different.`,
        ]
      : []),
  ];
}
