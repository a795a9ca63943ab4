import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Fence } from '../core/fence.js';
import type { Finding } from '../core/finding.js';
import type { Verb } from '../core/gate/application-facts.js';
import type { Fact } from '../core/gate/fact.js';
import type { GateFacts, GateRequest } from '../core/gate/gate-facts.js';
import type { ProbeAnswer, ProbeRequest } from '../core/gate/probe.js';
import type { SessionFacts, SessionsRequest } from '../core/gate/session-facts.js';
import type { SideGrants } from '../core/gate/side-grants.js';
import type { MarksRequest, WriteMark } from '../core/gate/write-marks.js';
import type { Side } from '../core/pairing.js';
import type { Catalog, Column, SchemaNames, Table } from '../core/schema.js';
import type { AccountFacts } from '../core/server-facts.js';
import type { ApplierOrder, ApplierPlan, ApplierState } from './applier.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { ReplicationFacts } from './positions.js';
import type { RepairCatalog, RepairScope } from './repair.js';
import type { CodecColumn, RowCodec } from './row-codec.js';
import type { CountRequest, RowSelection } from './row-selection.js';
import type { ServerIdentity } from './server-identity.js';
import type {
  SnapshotBegun,
  SnapshotCost,
  SnapshotFacts,
  SnapshotStart,
  SnapshotTables,
  SnapshotWatchRequest,
  WriterLockAnswer,
  WriterLockRequest,
} from './snapshots.js';
import type { StoredBytes } from './stored-bytes.js';

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
  /** What `Capabilities.cancel` cancels its statement by; null where a number might mean somebody else's session. */
  readonly cancelKey: string | null;
}

/** The checksum of a range of rows as a server reports it: exact numbers, in digits. */
export interface ServerChecksum {
  readonly rows: number;
  readonly sum: bigint;
}

/** The rows whose checksum a server computes, and the seed of the run. */
export type ChecksumRequest = Pick<RowSelection, 'table' | 'columns' | 'key' | 'where' | 'range'> & {
  readonly seed: bigint;
};

/** Parts into which ascending keys cut a range, each of which ends its part. */
export interface PartChecksumRequest {
  readonly rows: ChecksumRequest;
  readonly ends: readonly (readonly KeyPart[])[];
}

/** What came of hashing fixed hard values: how far it is what it must be, as far as that is known beforehand. */
export interface ChecksumProbeAnswer {
  readonly checksum: ServerChecksum | null;
  /** The right sum; null where only the two sides can be compared. */
  readonly expected: { readonly rows: number; readonly sum: bigint | null };
}

/** Which catalog is read, and who is told of it as soon as possible. */
export interface CatalogRequest {
  readonly settings: ConnectionSettings;
  /** Is told about how many rows all tables have, if the server says that before the rest. */
  readonly onRows?: ((rows: number) => void) | undefined;
  /** The names of the only tables that are wanted; all where it is absent. */
  readonly tables?: readonly string[] | undefined;
}

/**
 * In how many tables at most a server looks by their names rather than in all of them. MariaDB makes another statement of a
 * list of a thousand names, one that opens every table; and in more names most tables of a schema are, if not all.
 *
 * @see https://mariadb.com/kb/en/conversion-of-big-in-predicates-into-subqueries/
 */
export const MOST_TABLE_NAMES = 900;

/** What a server does for a session; `working` also where the account may not see that. */
export type SessionActivity =
  | 'working'
  /** It has rows, and waits for them to be taken off the connection. */
  | 'sending'
  /** It waits for the next statement: what was asked is done, or never arrived. */
  | 'idle'
  | 'ended';

/** What can be asked of a session besides rows, and what it answers. */
export interface Questions {
  readonly catalog: { readonly about: CatalogRequest; readonly answer: Catalog };
  /** `Capabilities.names`: what has a name in the schema, in the order of its catalog. */
  readonly names: { readonly about: ConnectionSettings; readonly answer: SchemaNames };
  /** Compiles what splits rows of these columns, with what decoding them needs from the server. */
  readonly codec: { readonly about: readonly CodecColumn[]; readonly answer: RowCodec };
  readonly count: { readonly about: CountRequest; readonly answer: number };
  /** Whether a text of the user's is one condition by itself; what came back is what is wrong with it, and where. */
  readonly condition: {
    readonly about: { readonly table: Table; readonly where: string };
    readonly answer: { readonly error: unknown; readonly statement: string } | null;
  };
  /** Whether two rows of a table have the same values in some columns. */
  readonly duplicates: {
    readonly about: CountRequest & { readonly columns: readonly Column[] };
    readonly answer: boolean;
  };
  /** `Capabilities.estimate`: about how many rows a key range has; null where the server has no idea. */
  readonly estimate: { readonly about: RowSelection; readonly answer: number | null };
  /** `Capabilities.sizes`: how many bytes the rows of tables of one schema take up, by table name. */
  readonly sizes: { readonly about: readonly Table[]; readonly answer: ReadonlyMap<string, StoredBytes> };
  /**
   * `Capabilities.load`: how many statements are at work on the server, without this one and those of the named sessions.
   * Throws a `usage` error where the account may not see that.
   */
  readonly load: { readonly about: readonly string[]; readonly answer: number };
  /** `Capabilities.activity`: what the server does for the session of a number, which is another one of the same account. */
  readonly activity: { readonly about: string; readonly answer: SessionActivity };
  /** Whom the session is logged in as, and what that account may do. */
  readonly account: { readonly about: null; readonly answer: AccountFacts };
  /** Milliseconds since 1970 by the server's clock, with fractions. */
  readonly clock: { readonly about: null; readonly answer: number };
  /** `Capabilities.checksum`: null where a row of the range could not be hashed. */
  readonly checksum: { readonly about: ChecksumRequest; readonly answer: ServerChecksum | null };
  /** By the number of each part that has rows, from 0 on. */
  readonly 'part-checksums': {
    readonly about: PartChecksumRequest;
    readonly answer: ReadonlyMap<number, ServerChecksum | null>;
  };
  readonly 'checksum-probe': { readonly about: bigint; readonly answer: ChecksumProbeAnswer };
  /** `Capabilities.repair`: what repair SQL must know of the target. */
  readonly 'repair-catalog': { readonly about: RepairScope; readonly answer: RepairCatalog };
  /** `Capabilities.positions`: what the server of a side says of replication. A missing grant is a part of the answer. */
  readonly replication: {
    readonly about: { readonly side: Side; readonly tables: readonly Table[] };
    readonly answer: ReplicationFacts;
  };
  /** `Capabilities.positions`: where the server stands, in its own spelling; null where it has no position. */
  readonly position: { readonly about: Fence; readonly answer: string | null };
  /**
   * `Capabilities.positions`: whether the server has reached a position. It waits for it so long, and never longer than a
   * second, in one statement where the server can wait; else it is asked once.
   */
  readonly reached: {
    readonly about: { readonly fence: Fence; readonly position: string; readonly waitMs: number };
    readonly answer: boolean;
  };
  /** A text for each table, by its name, that is another one once rows of it were written; those that the server says nothing of are left out. */
  readonly changes: { readonly about: readonly Table[]; readonly answer: ReadonlyMap<string, string> };
  /** `Capabilities.gate`: the least that the account must be granted for the gate to see all of a schema. */
  readonly 'gate-grants': { readonly about: string; readonly answer: Pick<SideGrants, 'grants' | 'managed'> };
  /** `Capabilities.gate`: what the account may do with tables of one schema, by their names. */
  readonly 'table-verbs': {
    readonly about: readonly Table[];
    readonly answer: Fact<ReadonlyMap<string, ReadonlySet<Verb>>>;
  };
  /** `Capabilities.gate`: everything that the server says to the gate, in one reading. */
  readonly gate: { readonly about: GateRequest; readonly answer: GateFacts };
  /** `Capabilities.gate`: who is on the server, which is asked often while rows are read. */
  readonly 'gate-sessions': {
    readonly about: SessionsRequest;
    readonly answer: Fact<readonly SessionFacts[]>;
  };
  /** `Capabilities.gate`: whether rows keep rules that nothing holds them to, an answer a probe. Reads rows. */
  readonly 'gate-probes': { readonly about: ProbeRequest; readonly answer: readonly Fact<ProbeAnswer>[] };
  /** `Capabilities.gate`: by the names of tables of one schema, what shows whether their rows were written; see `isUnwritten`. */
  readonly 'write-marks': {
    readonly about: MarksRequest;
    readonly answer: ReadonlyMap<string, WriteMark>;
  };
  /**
   * `Capabilities.snapshots`: from now on every read of the session is as of this instant. Asked again it is a later instant,
   * where the snapshot is of its own.
   */
  readonly 'begin-snapshot': { readonly about: SnapshotStart; readonly answer: SnapshotBegun };
  /** Where the change stream stood at the instant of the session; null where that is not known. Asked of one session at a time. */
  readonly 'snapshot-place': { readonly about: null; readonly answer: string | null };
  readonly 'snapshot-facts': { readonly about: SnapshotTables; readonly answer: SnapshotFacts };
  readonly 'snapshot-cost': { readonly about: SnapshotWatchRequest; readonly answer: SnapshotCost };
  /**
   * Keeps everybody from writing, where no statement has run for longer than a second; it is given up after a second of waiting.
   * Nothing else is asked of the session until `unlock-writers`, whose answer is how many sessions waited by then.
   */
  readonly 'lock-writers': { readonly about: WriterLockRequest; readonly answer: WriterLockAnswer };
  readonly 'unlock-writers': { readonly about: null; readonly answer: number };
  /** `Capabilities.applier`: how a replica is told to apply nothing for a while, where it follows the server that said this of itself. */
  readonly 'applier-plan': { readonly about: ReplicationFacts; readonly answer: ApplierPlan };
  readonly 'applier-state': { readonly about: null; readonly answer: ApplierState };
  /** Tells it; the only question that changes anything on a server, which whoever asks it has announced. */
  readonly 'order-applier': { readonly about: ApplierOrder; readonly answer: null };
  /** What the dialect of a repair catalog asks. */
  readonly 'repair-question': { readonly about: string; readonly answer: readonly ControlRow[] };
}

/**
 * One read-only connection. Who opens it closes it.
 *
 * Every read happens in a read-only transaction of its own, in which the session's settings hold and which asked the
 * server who it is: a balancer or a pool may lead each transaction to another server. Nothing that is set stays with the
 * connection, which may be somebody else's next.
 */
export interface Session extends SessionHandle {
  /** The server that answered when the session was opened. */
  readonly server: ServerIdentity;
  /** True once the connection is lost or was left in mid-result; such a session is closed, not reused. */
  readonly broken: boolean;
  /** How many bytes the server has sent: it grows while one row comes that takes minutes. */
  readonly receivedBytes: number;
  /** What the report must say of how the session was opened. */
  readonly findings: readonly Finding[];
  /** Streams rows in wire format. Resolves only after the server confirmed the end of the data. */
  readRows(selection: RowSelection, onSpan: SpanListener): Promise<void>;
  /** Asks something that has a small answer. Rejects with the engine's own error, which `classifyError` explains. */
  ask<Kind extends keyof Questions>(
    kind: Kind,
    about: Questions[Kind]['about'],
  ): Promise<Questions[Kind]['answer']>;
  /**
   * Does work whose reads need no transaction each: they share one, in which each is still as of its own time, for as long as
   * nobody who wants to alter a table would have to wait for it.
   */
  together<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Stops taking rows off the connection, so that the server waits too; what is here already is still handed over. */
  pause(): void;
  /** Takes rows again after `pause`. */
  resume(): void;
  close(): Promise<void>;
}
