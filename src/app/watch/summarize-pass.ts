import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { RunResult } from '../../core/result.js';
import type { PassSummary } from '../../core/watch.js';

interface SummaryRequest {
  readonly result: RunResult;
  readonly pass: number;
  readonly startedAt: string;
  /** Where the source stood before the first row of the whole pass was read. */
  readonly position: string | null;
  /** How long it was waited to learn the lag. */
  readonly lagWaitMs: number;
}

/** What is kept and told of a pass. */
export function summarizePass({ result, pass, startedAt, position, lagWaitMs }: SummaryRequest): PassSummary {
  const { totals, replication, tables } = result;
  const lagMs = replication?.lagAtEndMs ?? null;
  return {
    pass,
    verdict: result.verdict,
    startedAt,
    endedAt: new Date().toISOString(),
    oldestReadAt: result.sittings?.oldestReadAt ?? result.startedAt,
    oldestPosition: position,
    lagMs,
    lagAtLeastMs: replication?.lagAtEndMs === null ? lagWaitMs : null,
    unsettled: 0,
    ...totals,
    unverifiedTables: tables.filter(isPartlyUnverified).length,
  };
}
