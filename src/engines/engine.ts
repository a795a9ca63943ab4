import type { ErrorCode } from '../core/errors.js';
import type { FixAction, FixStatement } from '../core/gate/fix.js';
import type { Log } from '../core/log.js';
import type { Column, Table } from '../core/schema.js';
import type { ConnectionSettings, Environment } from './connection-settings.js';
import type { PositionRules } from './positions.js';
import type { CountRequest, RowSelection } from './row-selection.js';
import type { UrlList } from './server-urls.js';
import type { Session } from './session.js';

/** What went wrong, in Rowproof's words. `transient` errors are worth another try on a new connection. */
export interface ErrorClass {
  readonly code: ErrorCode;
  readonly transient: boolean;
  readonly message: string;
  /** What to do about it, where the engine knows better than the reader; else empty. */
  readonly hint: string;
  /** Whether the server only refuses because it has as many connections as it, or the account, may have. */
  readonly isFull?: boolean;
  /** Whether it is only the snapshot of the session in which a table cannot be read, because it was rewritten since. */
  readonly isOutdated?: boolean;
}

/** What an engine may leave out: a run then does without, or says beforehand what it cannot do. */
export interface Capabilities {
  /** Cancels the statements that sessions of the same account are running; one that has ended stays as it is. */
  readonly cancel?: (
    settings: ConnectionSettings,
    cancelKeys: readonly string[],
    stop?: AbortSignal,
  ) => Promise<void>;
  /** How servers hash rows themselves. */
  readonly checksum?: ChecksumRules;
  /** Whether sessions say how many rows a key range has about, how many bytes tables take up, and how busy the server is. */
  readonly estimate?: boolean;
  readonly sizes?: boolean;
  readonly load?: boolean;
  /** Whether sessions tell the names of all tables without what they are made of; else a catalog is always read whole. */
  readonly names?: boolean;
  /** Whether sessions tell what the server does for another one. */
  readonly activity?: boolean;
  /** Whether sessions tell what repair SQL must know, and answer what it asks. */
  readonly repair?: boolean;
  /** How a position of one server is known to be reached on another; sessions then answer what is asked of positions. */
  readonly positions?: PositionRules;
  /** How things are mended that a gate finds; sessions then answer what the gate asks. */
  readonly gate?: { load(): Promise<GateRules> };
  /** Whether a session can read everything as of one instant. */
  readonly snapshots?: boolean;
  /** Whether a replica can be told to stop at a place of its source. */
  readonly applier?: boolean;
}

/** How an engine writes what mends a finding of the gate. */
export interface GateRules {
  /** The statement for an action; null where servers of this engine have no such thing. */
  writeFix(action: FixAction): FixStatement | null;
  /** A line by which the engine's own client ends at the first error; null where it does so anyhow. */
  readonly stopLine: string | null;
}

/**
 * Which column pairs servers of one family hash alike: with 64 bits, injectively, and the same on both sides. Sessions
 * answer with the sum of the row hashes of a range.
 */
export interface ChecksumRules {
  /** Why a column pair must not be hashed by the servers; completes "column c …". Null where it may be. */
  findObstacle(columns: ChecksumColumns): string | null;
}

/** A column pair that servers may be asked to hash; `sameServer` is false for MySQL against MariaDB. */
export interface ChecksumColumns {
  readonly source: Column;
  readonly target: Column;
  readonly sameServer: boolean;
}

/** One database engine, or a family of them that speaks one protocol. */
export interface Engine {
  /** Tells families apart: two engines with the same one send the same bytes for the same value. */
  readonly family: string;
  readonly schemes: readonly string[];
  /** How the names of environment variables begin that the engine's own clients take their settings from, passwords included. */
  readonly clientVariables: readonly string[];
  /** What catalogs call it, with the names that people know. */
  readonly titles: Readonly<Record<string, string>>;
  /**
   * Takes a URL for each host that was named in the place of the host, and returns one for each server that is to be tried, in
   * that order, with what options say of hosts and roles; each is one that `resolveConnection` takes.
   */
  spreadUrls(urls: UrlList): UrlList;
  /** Resolves a URL of one server (and the password files and variables of the engine's own clients) into settings. */
  resolveConnection(url: URL, environment: Environment): ConnectionSettings;
  /** Loads the database package ahead of `open`, which loads it otherwise. */
  loadDriver(): Promise<unknown>;
  /**
   * Connects, logs in and sets the session state, all within the connect timeout; `stop` ends it earlier. The session says
   * in the log what it sends.
   */
  open(settings: ConnectionSettings, stop?: AbortSignal, log?: Log): Promise<Session>;
  /** What a session would send to read these rows, for people. */
  describe(selection: RowSelection): string;
  /** What a session would send to count the rows of a table. */
  describeCount(count: CountRequest): string;
  /** What to do about an index that does not find what is there. */
  adviseRebuild(table: Table, index: string): string;
  classifyError(error: unknown): ErrorClass;
  /** What to do about a server that refuses a login, by the code of its error. */
  readonly connectHints: Readonly<Record<string, string>>;
  readonly can: Capabilities;
}
