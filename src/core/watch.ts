import type { RowCounts } from './result.js';
import type { Verdict } from './verdict.js';

export const WATCH_FORMAT = 'rowproof/watch@1';

/** What a pass, or a look after it, came to. Times are ISO times. */
export interface PassSummary extends RowCounts {
  readonly unsettled: number;
  /** The number of the whole pass, from 1; a look has that of the pass whose rows it looked at. */
  readonly pass: number;
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly endedAt: string;
  /** When the oldest of what it says was read, and where the source stood before that; null where it did not say. */
  readonly oldestReadAt: string;
  readonly oldestPosition: string | null;
  /** How far the target was behind at its end; null where that is not known. */
  readonly lagMs: number | null;
  /** How long it was waited for in vain; null where it came up, and where the lag cannot be known. */
  readonly lagAtLeastMs: number | null;
  readonly tables: number;
  /** Tables in which something was not compared. */
  readonly unverifiedTables: number;
}

/** Who watches. */
export interface WatchHolder {
  readonly host: string;
  readonly pid: number;
  /** Grows with each process that takes over: of two that claim to watch, the one with the higher number does. */
  readonly term: number;
  readonly since: string;
}

/** What a watch knows of itself, format `rowproof/watch@1`. Readers ignore fields they do not know. */
export interface WatchState {
  readonly format: typeof WATCH_FORMAT;
  readonly rowproof: string;
  readonly source: string;
  readonly target: string;
  /** When it was written last: a watch that is alive writes it every few seconds. */
  readonly updatedAt: string;
  readonly holder: WatchHolder;
  readonly doing: 'pass' | 'look' | 'waiting' | 'ended';
  /** Whole passes that came to their end. */
  readonly passes: number;
  /** The verdict of the last whole pass, and the end of the first of those in a row that said so; null before the first. */
  readonly verdict: Verdict | null;
  readonly since: string | null;
  readonly lastPass: PassSummary | null;
  /** The last look since then; null where there was none. */
  readonly lastLook: PassSummary | null;
  readonly lagMs: number | null;
  /** Null where the last whole pass was clean and the lag is below `--max-lag`; else why it is not time yet. */
  readonly notReady: string | null;
  /** Why the last pass that was begun came to no end; null where it did. */
  readonly failure: { readonly at: string; readonly message: string } | null;
}

/** Whether a pass left rows that can be looked at again: some differ, or it is not known of some whether they do. */
export function hasOpenRows({ missing, extra, changed, unsettled }: PassSummary): boolean {
  return missing + extra + changed + unsettled > 0;
}
