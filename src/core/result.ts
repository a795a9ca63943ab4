import type { BaselineResult } from './baseline.js';
import type { CanaryResult } from './canary.js';
import type { ChecksumUse } from './checksum-place.js';
import type { Diagnosis } from './diagnosis.js';
import type { RowDifference } from './difference.js';
import type { Finding } from './finding.js';
import type { WriteMark } from './gate/write-marks.js';
import type { WorkersResult } from './lanes.js';
import type { LoadLimits } from './load-limits.js';
import type { Consistency, SnapshotResult } from './snapshot.js';
import type { Mode, Verdict } from './verdict.js';
import type { WaiverUse } from './waiver.js';

export const RUN_FORMAT = 'rowproof/run@1';
export const DIFFERENCES_FORMAT = 'rowproof/differences@1';

/** One side of a run. The URL never holds a password. */
export interface SideResult {
  readonly engine: string;
  /** The engine's name for people; absent in a result that an earlier version saved. */
  readonly product?: string;
  readonly version: string;
  readonly url: string;
}

export interface ColumnResult {
  readonly source: string;
  readonly target: string;
  readonly compared: boolean;
  /** Why it was not compared, or absent. */
  readonly reason?: string;
  /** The relaxations under which it was compared, as the user writes them; absent where there are none. */
  readonly relaxed?: readonly string[];
  /** What was taken on the user's word, such as a time zone; absent where nothing was. */
  readonly assumed?: readonly string[];
}

/** Counts of rows; every number is exact. `inFlight` rows differed when read first and were equal when read again. */
export interface RowCounts {
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly missing: number;
  readonly extra: number;
  readonly changed: number;
  readonly inFlight: number;
  /** Rows that were looked at again and of which nobody can say whether they differ; absent where there are none. */
  readonly unsettled?: number;
  /** How many of the missing, extra and changed rows are waived; absent where none is. */
  readonly waived?: number;
}

/** That a table was left because enough of its rows differ: what is counted of it is the least that there is. */
export interface LeftTable {
  /** At how many differing rows the run was to leave a table. */
  readonly mostDifferences: number;
  /** About how many rows the source has, by its statistics; null where it does not say. */
  readonly estimatedRows: number | null;
}

/** A condition of the user's, as SQL of either side. */
export interface TableCondition {
  readonly table: string;
  readonly source: string | null;
  readonly target: string | null;
}

/** A source column, `schema.table.column`, and what the user said of it. */
export interface ColumnRemark {
  readonly column: string;
  readonly remarks: readonly string[];
}

export interface TableResult extends RowCounts {
  /** Differences that the baseline does not know, of rows and of the schema; absent where there is none to compare with. */
  readonly new?: number;
  /** `schema.table`; null where the side has no such table. */
  readonly source: string | null;
  readonly target: string | null;
  readonly verdict: Verdict;
  /** Absent where the table was not left before its end: see `maxDifferences`. */
  readonly left?: LeftTable;
  /** How much of it was asked for; may be another mode than the run's. */
  readonly mode: Mode;
  /** How the rows were looked at; null where they were not. */
  readonly strategy: 'range' | 'bucket' | 'count' | null;
  /** Who hashed the rows that were compared; null where none were. */
  readonly checksum: ChecksumUse | null;
  /** The target's names of the key columns; empty where rows are told apart by their values. */
  readonly key: readonly string[];
  readonly coverage: { readonly rows: number; readonly chunks: number; readonly unverifiedChunks: number };
  readonly columns: readonly ColumnResult[];
  /** How many changed rows differ in a column, by the target's name. */
  readonly changedColumns: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** What each server said of writes before the first row was read, to be compared with what it says later; null where it says nothing. */
  readonly writeMarks?: { readonly source: WriteMark | null; readonly target: WriteMark | null };
  readonly findings: readonly Finding[];
  /** Why rows differ, as far as they show it; without examples where values are hidden. */
  readonly diagnoses: readonly Diagnosis[];
  /** What came of values that were changed after they were read; absent where that was not tried. */
  readonly canaries?: readonly CanaryResult[];
  /** The first differences in key order, so that a saved result can be shown again; without values if hidden. */
  readonly sample: readonly RowDifference[];
}

/** What held a run back, on each side; null is no limit. */
export interface LoadResult extends LoadLimits {
  /** How long the run stood still because a server was busier than `maxLoad`. */
  readonly pausedMs: number;
}

/** How the target followed the source while it was read; positions are in the spelling of the servers. */
export interface ReplicationResult {
  /** By which fences it was known what the target had applied, and of how many tables. */
  readonly fences: readonly { readonly way: string; readonly tables: number }[];
  /** Where the source stood when the first row was read, and when the last was; null where it did not say. */
  readonly sourceFrom: string | null;
  readonly sourceTo: string | null;
  /** How long the target took to come up to where the source was: at the first fence, the last, and the most. */
  readonly lagMs: { readonly first: number; readonly last: number; readonly most: number } | null;
  /** How far it was behind at the end, null where it did not come up in the time; absent where nobody asked. */
  readonly lagAtEndMs?: number | null;
}

/** That a result was found in several sittings, each of a process of its own. */
export interface SittingsResult {
  readonly count: number;
  /** When the oldest of what it says was read, as an ISO time. */
  readonly oldestReadAt: string;
  /** Set where the user vouched for another server than the first sitting had. */
  readonly isSameData?: boolean;
}

/** Which part of a planned run a result is. */
export interface PartResult {
  readonly plan: string;
  /** From 1. */
  readonly part: number;
  readonly of: number;
}

/** The parts that a result was joined from. */
export interface PartsResult {
  readonly plan: string;
  readonly of: number;
  readonly missing: readonly number[];
  /** When the first of their rows was read, and the last, as ISO times. */
  readonly oldestReadAt: string;
  readonly newestReadAt: string;
  /** Set where the user vouched for other servers than the plan was made with. */
  readonly isSameData?: boolean;
}

/** What a run hides of the rows it tells of. */
export interface HiddenParts {
  readonly values: 'shown' | 'hidden';
  /** `hashed` keys are pseudonyms: who has the secret can tell which row one stands for, nobody else. */
  readonly keys: 'shown' | 'hashed';
  /** Columns, `schema.table.column` of the target, whose values are shown although others are hidden. */
  readonly shownColumns: readonly string[];
}

/** Digests of what a run was told, without passwords. */
export interface ConfigHashes {
  /** Of what was asked: sides, scope, mapping, rules and mode. It does not hang on the machine. */
  readonly askedHash: string;
  /** Of how it was found out: workers, limits and output. */
  readonly howHash: string;
}

/** The JSON result, format `rowproof/run@1`. Readers ignore fields they do not know. */
export interface RunResult extends ConfigHashes {
  readonly format: typeof RUN_FORMAT;
  readonly rowproof: string;
  readonly verdict: Verdict;
  readonly interrupted: boolean;
  readonly mode: Mode;
  /** The share of rows that spot mode was asked for, from 0 to 1; null in other modes. */
  readonly ratio: number | null;
  /** Of which time what was read is; see docs/snapshots.md. */
  readonly consistency: Consistency;
  /** Absent where no snapshot was asked for. */
  readonly snapshot?: SnapshotResult;
  /** The hash seed, as a decimal string: it has 64 bits. */
  readonly seed: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** For how much of it what differed was looked at again, waits included; absent where nothing was. */
  readonly lookedMs?: number;
  /** The name under which what it learned was kept; absent where nothing was. */
  readonly run?: string;
  /** Absent where one sitting found all of it. */
  readonly sittings?: SittingsResult;
  /** Absent where it is all of a run. */
  readonly part?: PartResult;
  /** Absent where it was not joined from parts. */
  readonly parts?: PartsResult;
  /** What ended the run before its end, where nobody interrupted it. */
  readonly stoppedBy?: 'max-runtime';
  /** The words of the command line, without passwords; absent where a program began the run. */
  readonly command?: readonly string[];
  /** Absent where the target is not known to follow the source. */
  readonly replication?: ReplicationResult;
  /** Absent where nothing was limited. */
  readonly load?: LoadResult;
  /** How many chunks were read at a time; absent where no row was read. */
  readonly workers?: WorkersResult;
  /** Absent where nothing is hidden. */
  readonly hidden?: HiddenParts;
  readonly scope: {
    readonly notChecked: readonly string[];
    readonly excluded: readonly string[];
    /** Tables of which only the rows that meet the user's condition were looked at. */
    readonly conditions: readonly TableCondition[];
    /** Columns whose values were allowed to differ in some way. */
    readonly relaxations: readonly ColumnRemark[];
    /** Columns of which something was taken on the user's word. */
    readonly assumptions: readonly ColumnRemark[];
  };
  readonly source: SideResult;
  readonly target: SideResult;
  readonly totals: RowCounts & {
    readonly tables: number;
    /** Tables that were left before their end, so that all counts are the least that there is; absent where there are none. */
    readonly left?: number;
  };
  readonly tables: readonly TableResult[];
  /** What was forgiven and who answers for it; absent where nothing was. */
  readonly waivers?: readonly WaiverUse[];
  /** Absent where the run was compared with no baseline. */
  readonly baseline?: BaselineResult;
  readonly findings: readonly Finding[];
}
