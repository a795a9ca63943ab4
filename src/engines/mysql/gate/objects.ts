import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { EventFacts, RoutineFacts, ViewFacts } from '../../../core/gate/object-facts.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';
import { needsGrant } from './schema-rights.js';

/**
 * Views, by SELECT on the schema. Their definitions are shown to accounts with SHOW VIEW alone.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-views-table.html
 */
export async function readMysqlViews(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly ViewFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!rights.has('SELECT', { schema: request.schema })) return needsGrant(rights, request, 'SELECT');
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition FROM information_schema.VIEWS
     WHERE TABLE_SCHEMA = ${textLiteral(request.schema)} ORDER BY TABLE_NAME`,
  );
  return known(
    rows.map(({ name, definition }) => ({
      name: name ?? '',
      isMaterialized: false,
      definition: definition || null,
    })),
  );
}

/** Each of these, on the schema, shows the names of all its routines. */
const ROUTINE_RIGHTS = ['EXECUTE', 'CREATE ROUTINE', 'ALTER ROUTINE'];

/**
 * Procedures and functions. MySQL's SHOW_ROUTINE and MariaDB's SELECT on mysql.proc show their bodies too.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-routines-table.html
 */
export async function readMysqlRoutines(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly RoutineFacts[]>> {
  const rights = await readMysqlRights(session);
  const seesAll =
    rights.has('SHOW_ROUTINE') ||
    rights.has('SELECT') ||
    ROUTINE_RIGHTS.some((right) => rights.has(right, { schema: request.schema }));
  if (!seesAll) return needsGrant(rights, request, 'EXECUTE');
  const rows = await session.query(
    `SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS type, ROUTINE_DEFINITION AS body FROM information_schema.ROUTINES
     WHERE ROUTINE_SCHEMA = ${textLiteral(request.schema)} AND ROUTINE_TYPE <> 'PACKAGE BODY' ORDER BY ROUTINE_NAME`,
  );
  return known(
    rows.map(({ name, type, body }) => ({
      name: name ?? '',
      kind: type === 'PROCEDURE' ? 'procedure' : type === 'PACKAGE' ? 'package' : 'function',
      signature: '',
      body: body ?? null,
      isForTriggers: false,
    })),
  );
}

/**
 * Events. Those that came by replication are not run where they came to.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-features-invoked.html
 */
export async function readMysqlEvents(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly EventFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!rights.has('EVENT', { schema: request.schema })) return needsGrant(rights, request, 'EVENT');
  const rows = await session.query(
    `SELECT EVENT_NAME AS name, STATUS AS status, EVENT_DEFINITION AS body, @@GLOBAL.event_scheduler AS scheduler
     FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${textLiteral(request.schema)} ORDER BY EVENT_NAME`,
  );
  return known(
    rows.map(({ name, status, body, scheduler }) => ({
      name: name ?? '',
      state: status === 'ENABLED' ? 'enabled' : status === 'DISABLED' ? 'disabled' : 'elsewhere',
      isScheduled: scheduler === 'ON' || scheduler === '1',
      body: body ?? null,
    })),
  );
}
