import type { CanonicalType } from '../core/canonical-type.js';
import type { SideRule } from '../core/column-rule.js';
import type { Value } from '../core/difference.js';
import type { ByteSink } from '../core/encoding/byte-sink.js';
import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { ErrorCode } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { Catalog, Column, Table, ValueType } from '../core/schema.js';
import type { KernelProgram } from './kernel-program.js';
import type { RepairCatalog, RepairScope } from './repair.js';
import type { ExpectedServer, ServerIdentity } from './server-identity.js';
import type { ServerRole, UrlList } from './server-urls.js';
import type { StoredBytes } from './stored-bytes.js';

/** Where and how to connect. It holds the password: it may cross to a worker, never into output. */
export interface ConnectionSettings {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** A unix socket (MySQL) or the folder that holds it (PostgreSQL); null for TCP. */
  readonly socketPath: string | null;
  readonly user: string;
  readonly password: PasswordSettings;
  readonly database: string;
  readonly schema: string;
  readonly tls: TlsSettings;
  /** What the server must be; a session that finds another one is not opened. */
  readonly role: ServerRole;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** For the one statement that reads a whole table; as long as it takes, unless the user set a limit. */
  readonly wholeTableTimeoutMs: number;
  /** How long a server may send no row in the middle of a read, or before its first one. */
  readonly longestSilenceMs: number;
  /** The server that must answer, once it is known; a session that finds another one reads nothing. */
  readonly server?: ExpectedServer;
}

/** The password, and when it may be sent in a form that whoever gets it can read. */
export interface PasswordSettings {
  readonly text: string | null;
  /** Also on a connection without TLS. */
  readonly allowsClear: boolean;
  /** The public key of a MySQL server, to encrypt the password with where there is no TLS; null for none. */
  readonly serverPublicKeyPath: string | null;
  /** Whether a MySQL server is asked for its public key on a connection without TLS. */
  readonly requestsPublicKey: boolean;
}

/** TLS as the engines' own clients know it; `verify-full` checks the certificate and the host name. */
export interface TlsSettings {
  readonly mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  readonly caPath: string | null;
  readonly certificatePath: string | null;
  readonly keyPath: string | null;
}

/**
 * Receives whole rows in wire format: `rows` of them lie in `buffer[start, end)` as the engine's codec reads them.
 * The buffer is only valid during the call. Returning false ends the read early, without an error.
 */
export type SpanListener = (buffer: Buffer, start: number, end: number, rows: number) => boolean;

/** A small result of a control statement: one object a row, every value as text. */
export type ControlRow = Readonly<Record<string, string | null>>;

/** How other sessions name this one while it runs a statement. */
export interface SessionHandle {
  /** The server's own number of the session. Through a pool it is that of the last statement. */
  readonly serverSessionId: string;
  /** What `Engine.cancel` cancels its statement by; null where a number might mean somebody else's session. */
  readonly cancelKey: string | null;
}

/**
 * One read-only connection. Who opens it closes it.
 *
 * Every statement runs in a read-only transaction of its own, in which the session's settings hold and which asked the
 * server who it is: a balancer or a pool may lead each transaction to another server. Nothing that a statement sets
 * stays with the connection, which may be somebody else's next.
 */
export interface Session extends SessionHandle {
  /** The server that answered when the session was opened. */
  readonly server: ServerIdentity;
  /** True once the connection is lost or was left in mid-result; such a session is closed, not reused. */
  readonly broken: boolean;
  /** What the report must say of how the session was opened. */
  readonly findings: readonly Finding[];
  /** Runs one statement, with settings of the engine that hold for it alone. */
  query(sql: string, settings?: StatementSettings): Promise<readonly ControlRow[]>;
  /** Rejects unless the server takes the text for exactly one statement that it could run. Runs nothing. */
  parse(sql: string): Promise<void>;
  /** Streams the rows of a SELECT in binary form. Resolves only after the server confirmed the end of the data. */
  readRows(sql: string, columns: readonly Column[], onSpan: SpanListener): Promise<void>;
  /** Stops taking rows off the connection, so that the server waits too; what is here already is still handed over. */
  pause(): void;
  /** Takes rows again after `pause`. */
  resume(): void;
  close(): Promise<void>;
}

/** Settings of a server for one statement, by name. */
export type StatementSettings = Readonly<Record<string, string>>;

/** Writes one non-null wire value `buffer[start, end)` as canonical bytes. */
export type FieldEncoder = (buffer: Buffer, start: number, end: number, sink: ByteSink) => void;

/** Reads one non-null wire value as exact text for people and for repair SQL. */
export type FieldFormatter = (buffer: Buffer, start: number, end: number) => Value;

/** Positions of the fields of one row; a start of -1 is NULL. */
export interface FieldSpans {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** What the codec needs to know of a column: its wire format and the canonical type chosen for its pair. */
export interface CodecColumn {
  readonly column: Column;
  readonly canonical: CanonicalType;
  /** The type on the other side: a 32-bit value is written in the digits of a 64-bit partner. */
  readonly partner: ValueType;
  /** `plain`, or what is done to canonical values after the engine's own encoding; engines take no notice of it. */
  readonly rule: SideRule;
}

/** Compiled once per column list: splits rows and turns their values into canonical bytes or text. */
export interface RowCodec {
  /** Bytes of framing before each row of a span. */
  readonly headerBytes: number;
  /** Where the row ends that begins behind its header at `start`, in a span that ends at `end`. */
  rowEnd(buffer: Buffer, start: number, end: number): number;
  /** Finds the fields of the row at `offset` and returns where the next row begins. */
  split(buffer: Buffer, offset: number, end: number, spans: FieldSpans): number;
  readonly encoders: readonly FieldEncoder[];
  /** The same as the encoders, for the WebAssembly kernel. */
  readonly program: KernelProgram;
  readonly formatters: readonly FieldFormatter[];
}

/**
 * How a bound or an exact value stands to the values a column can hold: as SQL, or below or above all of them (a
 * negative bound for a time of day, a year 20000 for MySQL).
 */
export type Literal =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'below' }
  | { readonly kind: 'above' };

/** What is read in one statement. */
export interface RowSelection {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
  readonly where: string | null;
  readonly range: KeyRange;
  readonly limit: number | null;
  /** Rows to pass over before the first that is returned. */
  readonly offset: number;
  readonly descending: boolean;
  /** True where the rows themselves must be looked at, because no index is trusted. */
  readonly withoutIndex?: boolean;
}

/** Columns in which rows of a table might be the same. */
export interface DuplicateProbe {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly where: string | null;
}

/** Keys greater than `after` and up to `upTo`; null is unbounded. */
export interface KeyRange {
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
}

/** The SQL of an engine. All text that reaches a server goes through `quoteName` and `literal`, or is the user's own. */
export interface Dialect {
  quoteName(name: string): string;
  literal(part: KeyPart, column: Column): Literal;
  buildSelect(selection: RowSelection): string;
  /**
   * What holds for a statement of `query` that reads the rows of a table, so that a condition of the user's in it means what
   * it means to the account. Statements that are all ours do without.
   */
  readonly rowSettings: StatementSettings;
  /** The rows whose key is one of `keys`, in key order. */
  buildSelectByKeys(selection: RowSelection, keys: readonly (readonly KeyPart[])[]): string;
  /** A statement with one row and one column, `row_count`. */
  buildCount(table: Table, where: string | null): string;
  /** A statement that can be parsed only if `where` is one expression by itself. It is never run. */
  buildConditionTest(table: Table, where: string): string;
  /** A statement that returns a row where two rows have the same values in `columns`. */
  buildDuplicateProbe(probe: DuplicateProbe): string;
  /** What to do about an index that does not find what is there. */
  adviseRebuild(table: Table, index: string): string;
  /** A statement whose result `readEstimate` turns into the optimizer's guess of how many rows are in a range. */
  buildEstimate(selection: RowSelection): string;
  readEstimate(rows: readonly ControlRow[]): number | null;
}

/** The rows whose checksum a server computes, and the seed of the run. */
export type ChecksumRequest = Pick<RowSelection, 'table' | 'columns' | 'key' | 'where' | 'range'> & {
  readonly seed: bigint;
};

/** A column pair that servers may be asked to hash; `sameServer` is false for MySQL against MariaDB. */
export interface ChecksumColumns {
  readonly source: Column;
  readonly target: Column;
  readonly sameServer: boolean;
}

/** A checksum statement over fixed hard values, with what it must come to as far as that is known beforehand. */
export interface ChecksumProbe {
  readonly sql: string;
  readonly rows: number;
  readonly sum: bigint | null;
}

/**
 * How the servers of an engine hash rows themselves: with 64 bits, injectively, and the same on both sides. A statement
 * has one row: `row_count`, and `hash_sum`, the sum of the row hashes without a modulus.
 */
export interface ChecksumDialect {
  /** What is set for each checksum statement. */
  readonly settings: StatementSettings;
  /** Why a column pair must not be hashed by the servers; completes "column c …". Null where it may be. */
  findObstacle(columns: ChecksumColumns): string | null;
  buildChecksum(request: ChecksumRequest): string;
  /**
   * The checksums of the parts into which ascending keys cut a range, each of which ends its part: one row for each part
   * that has rows, with its number from 0 on as `part`.
   */
  buildPartChecksums(request: ChecksumRequest, ends: readonly (readonly KeyPart[])[]): string;
  /** A condition that about this share of the rows meets, whatever their values are. */
  buildSampleCondition(share: number): string;
  buildProbe(seed: bigint): ChecksumProbe;
}

/** What went wrong, in Rowproof's words. `transient` errors are worth another try on a new connection. */
export interface ErrorClass {
  readonly code: ErrorCode;
  readonly transient: boolean;
  readonly message: string;
  /** What to do about it, where the engine knows better than the reader; else empty. */
  readonly hint: string;
}

/** One database engine, or a family of them that speaks one protocol. */
export interface Engine {
  readonly schemes: readonly string[];
  /**
   * Takes a URL for each host that was named in the place of the host, and returns one for each server that is to be tried, in
   * that order, with what options say of hosts and roles; each is one that `resolveConnection` takes.
   */
  spreadUrls(urls: UrlList): UrlList;
  /** Resolves a URL of one server (and the password files and variables of the engine's own clients) into settings. */
  resolveConnection(url: URL, environment: Environment): ConnectionSettings;
  /** Loads the database package ahead of `open`, which loads it otherwise. */
  loadDriver(): Promise<unknown>;
  /** Connects, logs in and sets the session state, all within the connect timeout; `stop` ends it earlier. */
  open(settings: ConnectionSettings, stop?: AbortSignal): Promise<Session>;
  /** Cancels the statements that sessions of the same account are running; one that has ended stays as it is. */
  cancel(settings: ConnectionSettings, cancelKeys: readonly string[], stop?: AbortSignal): Promise<void>;
  readCatalog(session: Session, settings: ConnectionSettings): Promise<Catalog>;
  /** Reads how many bytes the rows of tables of one schema take up, by table name, from what the server knows of itself. */
  readTableSizes(session: Session, tables: readonly Table[]): Promise<ReadonlyMap<string, StoredBytes>>;
  /** Reads what repair SQL must know of the target; called only when a repair was asked for. */
  readRepairCatalog(session: Session, scope: RepairScope): Promise<RepairCatalog>;
  readonly dialect: Dialect;
  readonly checksum: ChecksumDialect;
  /** Loads what decoding these columns needs from the server (character sets), then compiles the codec. */
  compileCodec(session: Session, columns: readonly CodecColumn[]): Promise<RowCodec>;
  /**
   * Reads how many statements are at work on the server, without this one and those of the sessions that are named.
   * Throws a `usage` error where the account may not see that.
   */
  readLoad(session: Session, ownSessionIds: readonly string[]): Promise<number>;
  classifyError(error: unknown): ErrorClass;
  /** What to do about a server that refuses a login, by the code of its error. */
  readonly connectHints: Readonly<Record<string, string>>;
}

/** What a run may read of the process around it. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readFile(path: string): string | null;
  /** The permission bits of a file; null where there are none, or no file. */
  fileMode?(path: string): number | null;
  /** Tells the user what is not done as asked. */
  warn?(sentence: string): void;
  readonly homeFolder: string;
  readonly userName: string;
}
