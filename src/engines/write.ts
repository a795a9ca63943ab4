import type { Table } from '../core/schema.js';
import type { ConnectionSettings, Session } from './engine.js';
import type { Lexicon } from './sql-tokens.js';

/** A connection that may write; only `rowproof apply` opens one. */
export interface WriteSession extends Session {
  /** Runs one statement and returns how many rows it found; rows that already had the values count. */
  execute(sql: string): Promise<number>;
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
  readonly lexicon: Lexicon;
  /** Bare words and functions, in upper case, that repair statements are made of. */
  readonly words: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  /** Reads a line that sets the session; null where it is none of those that a repair file may hold. */
  readSettings(line: string): readonly WriteSetting[] | null;
  open(settings: ConnectionSettings, options: WriteOptions): Promise<WriteSession>;
  /** Begins a transaction in which all settings hold; throws where the server did not keep one. */
  begin(session: WriteSession, options: WriteOptions): Promise<void>;
  /** Has the server check deferred constraints now, and then defer them again; null where there are none. */
  readonly checkDeferred: readonly [check: string, defer: string] | null;
  readImages(session: WriteSession, table: Table): Promise<readonly ImageColumn[]>;
  /** What is the same for all sessions of one server, and only of that one. */
  identify(session: WriteSession): Promise<string>;
  /** Settings that undo SQL needs beside those of every repair file, as lines for the engine's own client. */
  readonly undoSettings: readonly string[];
  /** Whether an error will meet every other row too, so that going on is of no use. */
  isHopeless(error: unknown): boolean;
}
