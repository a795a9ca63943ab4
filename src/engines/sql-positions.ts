import type { Fence } from '../core/fence.js';
import type { Table } from '../core/schema.js';
import type { PositionRules, ReplicationFacts } from './positions.js';
import type { Questions } from './session.js';
import type { SqlSession } from './sql-session.js';

/** A column of the user's as a position, by the names of one side. */
export interface PositionColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** A value of such a column. Times have no zone, and no more than six digits of a second. */
export interface ColumnValue {
  readonly kind: 'number' | 'time' | 'text';
  readonly text: string;
}

/** How an engine of SQL servers reads positions, and waits for them. */
export interface SqlPositions extends PositionRules {
  readReplication(session: SqlSession, about: Questions['replication']['about']): Promise<ReplicationFacts>;
  readPosition(session: SqlSession, fence: Fence): Promise<string | null>;
  isReached(session: SqlSession, about: Questions['reached']['about']): Promise<boolean>;
  readChanges(session: SqlSession, tables: readonly Table[]): Promise<ReadonlyMap<string, string>>;
  /** The column's greatest value as text, in a column `position` of one row. */
  buildGreatest(column: PositionColumn): string;
  /** A row where a value of the column is the given one or a greater one, as the column compares. */
  buildAtLeast(column: PositionColumn, value: ColumnValue): string;
}
