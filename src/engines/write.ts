import type { Table } from '../core/schema.js';
import type { ChangeNotes } from './change-notes.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { CopyForms } from './row-copies.js';
import type { ExpectedServer, ServerIdentity } from './server-identity.js';
import type { ControlRow } from './session.js';
import type { Lexicon } from './sql-tokens.js';

/**
 * A connection that may write; only `rowproof apply` opens one. Who opens it closes it. Statements run as they are: what
 * a transaction is, and what holds in it, is said by `WriteDialect.begin`.
 */
export interface WriteSession {
  /** The server's own number of the session; through a pool that of the last transaction. */
  readonly serverSessionId: string;
  /** True once the connection is lost or was cut off. */
  readonly broken: boolean;
  /** Sends statements together; the server runs one after the other, and none behind one that fails. */
  runAll(statements: readonly string[]): Promise<SentTogether>;
  /** Runs one statement and returns its rows. */
  query(sql: string): Promise<readonly ControlRow[]>;
  /** Runs one statement and returns how many rows it found; rows that already had the values count. */
  execute(sql: string): Promise<number>;
  /** Columns of a SELECT within a transaction that `readAnswer` reads. */
  readonly serverQuestion: string;
  /** Which server answered, and how to deal with the transaction in which it did. */
  readAnswer(row: ControlRow): ServerAnswer;
  close(): Promise<void>;
}

/** What one statement came to: its rows, and how many rows it found. */
export interface StatementResult {
  readonly rows: readonly ControlRow[];
  readonly found: number;
}

/** What statements that were sent together came to: a result each, up to the one that failed, if one did. */
export interface SentTogether {
  readonly results: readonly StatementResult[];
  readonly failure: { readonly cause: unknown } | null;
}

/** What a server says in a transaction of itself and of the transaction. */
export interface ServerAnswer {
  readonly server: ServerIdentity;
  readonly transaction: BegunTransaction;
}

/** How to deal, over another connection, with a transaction whose own connection was lost. */
export interface BegunTransaction {
  /** SQL that ends it on the server, where it may still hold locks; null where it might meet somebody else's. */
  readonly endSql: string | null;
  /** SQL whose `outcome` is `committed`, `aborted` or `in progress`; null where the server keeps no account. */
  readonly outcomeSql: string | null;
}

/** A session setting of a repair file that is known to be safe, and how to see whether the server kept it. */
export interface WriteSetting {
  readonly name: string;
  readonly value: string;
  /** False where the server says the value in a way of its own. */
  readonly readBack: boolean;
}

/** What holds in every transaction: how long a statement may wait for a lock, and may run, and the file's settings. */
export interface WriteOptions {
  readonly lockTimeoutMs: number;
  /** Of no effect where the engine limits only statements that read. */
  readonly statementTimeoutMs: number;
  readonly settings: readonly WriteSetting[];
  readonly server: ExpectedServer | undefined;
}

/**
 * How a column is carried over into undo SQL: as text that the server itself writes and reads back without loss.
 * `null` stands for NULL everywhere.
 */
export interface ImageColumn {
  readonly name: string;
  readonly generated: boolean;
  /** SQL that gives the column's value as text. */
  readonly select: string;
  /** SQL that is true where the text does not bring the value back; null where it always does. */
  readonly lossy: string | null;
  /** The text as SQL that stores the value again. */
  literal(text: string | null): string;
  /** A condition that the column has exactly this value. */
  guard(text: string | null): string;
  /** A condition by which a row with this value is found, with an index if there is one. */
  keyCondition(text: string | null): string;
  /** A condition that is true where the column has exactly the value of an expression of a repair statement. */
  hasValueOf(expression: string): string;
}

/** What applying a repair needs of an engine; nothing else writes. */
export interface WriteDialect {
  /** The engines whose repair files it reads, by their names in the header. */
  readonly engines: readonly string[];
  readonly lexicon: Lexicon;
  /** How repair files note what they change. */
  readonly notes: ChangeNotes;
  /** How repair files write rows of a table without a key. */
  readonly copies: CopyForms;
  /** Bare words and functions, in upper case, that repair statements are made of. */
  readonly words: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  /**
   * SQL whose `reason` says why a guard of a statement that looks after foreign keys keeps it from its row, NULL where it
   * does not; null where the statement has none.
   */
  guardQuestion(statement: string): string | null;
  /** Reads a line that sets the session; null where it is none of those that a repair file may hold. */
  readSettings(line: string): readonly WriteSetting[] | null;
  /** Connects within the connect timeout; every statement has a limit, and ends soon after `stop`. */
  open(settings: ConnectionSettings, stop: AbortSignal): Promise<WriteSession>;
  /**
   * Begins a transaction in which all settings hold; throws where the server did not keep one, or is not the one that is
   * expected: behind a pool or a balancer it may be another in every transaction.
   */
  begin(session: WriteSession, options: WriteOptions): Promise<BegunTransaction>;
  /** Has the server check deferred constraints now, and then defer them again; null where there are none. */
  readonly checkDeferred: readonly [check: string, defer: string] | null;
  readImages(session: WriteSession, table: Table): Promise<readonly ImageColumn[]>;
  /** Has a probe of a row wait for whoever is changing it; empty where `outcomeSql` says what became of a transaction. */
  readonly lockingProbe: string;
  /** Settings that undo SQL needs beside those of every repair file, as lines for the engine's own client. */
  readonly undoSettings: readonly string[];
  /** Whether an error will meet every other row too, so that going on is of no use. */
  isHopeless(error: unknown): boolean;
}
