import type { KeptLines, RowDifference } from '../core/difference.js';
import type { RunListener } from '../core/event.js';
import type { Log } from '../core/log.js';
import type { RunResult } from '../core/result.js';
import type { SidesFacts } from '../core/server-facts.js';
import type { RepairFacts } from '../repair/survey.js';
import type { WaiverBook } from '../waivers/waiver-book.js';
import type { PartOutcome } from './part-outcome.js';
import type { Sitting } from './sitting.js';

/** Who listens to a run, and how to stop it. */
export interface RunHooks {
  /** Is told events one at a time; the run waits for the promise that it returns, and ends with its error. */
  readonly onEvent?: RunListener;
  readonly signal?: AbortSignal;
  /** Whether every differing row is told as `row:differs`; true unless said otherwise. */
  readonly rowEvents?: boolean;
  /**
   * Whether every differing row is kept, so that `differences` can list it; true unless said otherwise. Else the disk that a run takes
   * does not grow with them. Repairs, row events, waivers and parts need the rows, whatever is said.
   */
  readonly keepsRows?: boolean;
  /** Also read what repair SQL must know of the target. */
  readonly wantsRepair?: boolean;
  /** Also ask both servers for what evidence says of them. */
  readonly wantsServers?: boolean;
  /** Also ask what both servers say of writes, before the first row is read, so that a later gate knows whether the result still holds. */
  readonly wantsMarks?: boolean;
  /** Is told what the user should read although the run goes on, such as a password file that was passed over. */
  readonly onWarning?: (sentence: string) => void;
  /** Is told what the run does, decides and survives; made by `createLog`. */
  readonly log?: Log;
  /** Which sitting of a run this is, and where it keeps what it learns; by default the only one, which keeps nothing. */
  readonly sitting?: Sitting;
  /** Differences that were accepted; made by `readWaivers`. */
  readonly waivers?: WaiverBook;
  /**
   * How many differing rows of a table, by its name on the target, are known and end no job: `maxDifferences` does not count them. By default
   * none are.
   */
  readonly mostKnown?: (table: string) => number;
  /** Also measure at the end how far the target is behind, and wait so long for it; null, as by default, to leave that. */
  readonly lagWithinMs?: number | null;
}

/** The names of all hooks. */
export const HOOKS: readonly (keyof RunHooks)[] = [
  'onEvent',
  'signal',
  'rowEvents',
  'keepsRows',
  'wantsRepair',
  'wantsServers',
  'wantsMarks',
  'onWarning',
  'log',
  'sitting',
  'waivers',
  'mostKnown',
  'lagWithinMs',
];

/** Changes what is told of a row, by the name of its table on the target. */
export type EditRow = (table: string, row: RowDifference) => RowDifference;

/** A differing row and the table it is in, by the target's name. */
export interface TableDifference {
  readonly table: string;
  readonly difference: RowDifference;
}

/** Differing rows in the order of their tables and keys. */
export interface ToldDifferences extends AsyncIterable<TableDifference> {
  /** The same rows as they are kept, which spares making objects of them; absent where they are not told as they are kept. */
  readonly kept?: AsyncIterable<KeptLines>;
}

/** What a run leaves: its result, and every difference until it is closed. */
export interface VerifyOutcome {
  readonly result: RunResult;
  /**
   * Every differing row as it may be told, in the order of the result's tables and of their keys. `edit` is handed each row before anything of
   * it is hidden, and what it returns is told instead. Throws where the run kept no list of its rows.
   */
  differences(edit?: EditRow): ToldDifferences;
  /** What repair SQL is made of, good until the outcome is closed; null unless it was asked for. */
  readonly repair: RepairFacts | null;
  /** What evidence says of both servers; null unless it was asked for. */
  readonly servers: SidesFacts | null;
  /** What a part of a planned run leaves; null where it is all of a run, or came not to its end. */
  readonly part: PartOutcome | null;
  /** The run that another sitting can go on with, where rows are open and something was kept; else null. */
  readonly resumable: string | null;
  /** About how many bytes the rows that differ have on a side; null where the servers do not say how long rows are. */
  readonly differingBytes: number | null;
  /** Deletes the differences from disk, and what was kept of the run where nothing of it is open. */
  close(): Promise<void>;
}
