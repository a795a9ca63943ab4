import type { Column } from '../core/schema.js';
import type { ControlRow, Session, SpanListener } from './session.js';
import type { SnapshotBegun, SnapshotStart } from './snapshots.js';

/** Settings of a server for one statement, by name. */
export type StatementSettings = Readonly<Record<string, string>>;

/** A session as the engines of SQL servers have it: statements go in as text. Nobody outside the engines sends any. */
export interface SqlSession extends Omit<Session, 'readRows' | 'ask'> {
  /** Runs one statement, with settings of the engine that hold for it alone. */
  query(sql: string, settings?: StatementSettings): Promise<readonly ControlRow[]>;
  /** Rejects unless the server takes the text for exactly one statement that it could run. Runs nothing. */
  parse(sql: string): Promise<void>;
  /** Begins one transaction in which all that follows is read, as of this instant; rejects where the server does not do so. */
  beginSnapshot(start: SnapshotStart): Promise<SnapshotBegun>;
  /** Runs a statement of ours as it is, in no transaction. */
  runOutside(sql: string): Promise<readonly ControlRow[]>;
  /** Streams the rows of a SELECT in binary form. Resolves only after the server confirmed the end of the data. */
  readRows(sql: string, columns: readonly Column[], onSpan: SpanListener): Promise<void>;
}
