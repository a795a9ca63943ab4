import type { Fence } from '../core/fence.js';
import type { Table } from '../core/schema.js';
import type { PositionRules, ReplicationFacts } from './positions.js';
import type { Questions } from './session.js';
import type { SqlSession } from './sql-session.js';

/** How an engine of SQL servers reads positions, and waits for them. */
export interface SqlPositions extends PositionRules {
  readReplication(session: SqlSession, about: Questions['replication']['about']): Promise<ReplicationFacts>;
  readPosition(session: SqlSession, fence: Fence): Promise<string | null>;
  isReached(session: SqlSession, about: Questions['reached']['about']): Promise<boolean>;
  readChanges(session: SqlSession, tables: readonly Table[]): Promise<ReadonlyMap<string, string>>;
}
