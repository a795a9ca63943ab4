import type { Log } from '../core/log.js';
import type { ApplyPlan, LeftRow } from './apply-result.js';

/** What to apply, to what, and who is told of it. */
export interface ApplyOptions {
  /** The repair or undo file, a regular file: it is read more than once. */
  readonly path: string;
  /** The database that the file was written for, as for `target` of `verify`. */
  readonly targetUrl: string;
  /** Where what takes the repair back goes; it must not exist. Default: beside the file, as `NAME.undo-1.sql`. */
  readonly undoPath?: string | null;
  /** What the client printed while it applied the repair whose undo `path` is: rows it did not change are passed over. */
  readonly toldPath?: string | null;
  /** Reads file and target, and writes nothing. */
  readonly dryRun?: boolean;
  /** How long a statement waits for a row that somebody else has locked; 5,000 ms by default. */
  readonly lockTimeoutMs?: number;
  /** Takes a target at another address, or of the sibling engine (MySQL, MariaDB), for the one of the file. */
  readonly otherTarget?: boolean;
  /** Asked once before anything is written; nothing is where it says false. */
  readonly confirm?: (plan: ApplyPlan) => boolean | Promise<boolean>;
  /** Told of each row that is not as the file wants it, in the order of the file. */
  readonly onLeft?: (row: LeftRow) => void;
  /** Told how many of the file's rows were dealt with. */
  readonly onProgress?: (progress: ApplyProgress) => void;
  /** Told once each sentence that the user should read although the work goes on; else it is a warning of the process. */
  readonly onWarning?: (sentence: string) => void;
  /** Told of an undo file that an earlier run, which was killed, had left unfinished. */
  readonly onUndoFinished?: (path: string) => void;
  /** Is told what is done and survived; made by `createLog`. */
  readonly log?: Log;
  /** Ends the run after the rows at hand; what was done is committed and can be taken back. */
  readonly signal?: AbortSignal;
}

/** How far a run is; rows are verified after all of them were applied. */
export interface ApplyProgress {
  readonly step: 'apply' | 'verify';
  readonly rows: number;
  readonly of: number;
}
