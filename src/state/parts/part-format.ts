import type { Coverage, KeySpan } from '../../core/coverage.js';
import type { TableId } from '../../core/pairing.js';
import type { PlannedShares } from '../../core/share.js';
import type { LearnedRecord } from '../read-span.js';

export const PART_FORMAT = 'rowproof/part@1';

/** What a part knows of a table. */
export interface PartTable {
  readonly id: TableId;
  readonly name: string;
  /** What it was to read; null for all of the table. */
  readonly ranges: Coverage | null;
  readonly records: readonly LearnedRecord[];
  /** Where its differing rows lie in the file beside the part, in the order of their keys. */
  readonly stored: readonly {
    readonly start: number;
    readonly end: number;
    readonly after: KeySpan['after'];
  }[];
  readonly elapsedMs: number;
}

/** The file of differing rows beside a part. */
export interface PartDifferences {
  /** Its name in the folder of the part. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string;
}

/** What one part of a planned run leaves, format `rowproof/part@1`. */
export interface PartFile {
  readonly format: typeof PART_FORMAT;
  readonly rowproof: string;
  readonly part: number;
  /** Tells two runs of one part apart. */
  readonly run: string;
  readonly plan: PlannedShares;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Whether its rows have their values; else they have their keys only. */
  readonly showValues: boolean;
  /** Whether the user vouched for other servers than the plan was made with. */
  readonly isSameData: boolean;
  readonly tables: readonly PartTable[];
  readonly differences: PartDifferences;
  /** The digest of all of the above. */
  readonly digest: string;
}
