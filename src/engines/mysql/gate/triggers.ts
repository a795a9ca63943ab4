import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ApplierFacts, TriggerFacts, TriggerFiring } from '../../../core/gate/trigger-facts.js';
import { showProgram } from '../../hide-literals.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { readMysqlReplication } from '../replication.js';
import { mysqlReplicationOf } from '../replication-facts.js';
import { LEXICON } from '../write-settings.js';
import { readMysqlRights } from './rights.js';
import { coversSchema, needsGrant, ofTables } from './schema-rights.js';

/**
 * Triggers, which servers of this family cannot switch off. An account without TRIGGER is shown none, without a word.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-triggers-table.html
 */
export async function readMysqlTriggers(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly TriggerFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!coversSchema(rights, request, ['TRIGGER'])) return needsGrant(rights, request, 'TRIGGER');
  const rows = await session.query(
    `SELECT EVENT_OBJECT_TABLE AS table_name, TRIGGER_NAME AS name, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event,
       ACTION_STATEMENT AS body
     FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ${textLiteral(request.schema)}
     ORDER BY EVENT_OBJECT_TABLE, TRIGGER_NAME`,
  );
  const { engine } = await readMysqlCapabilities(session);
  const show = engine === 'mariadb' ? showBody : showUnquoted;
  return known(ofTables(rows, request).map((row) => describeTrigger(row, show)));
}

function showBody(body: string): string | null {
  return showProgram(body, LEXICON);
}

/** MySQL tells `'a\'b'` as `'a'b'`: where there are quotes, nobody can say what is in them. */
function showUnquoted(body: string): string | null {
  return /['"]/.test(body) ? null : showBody(body);
}

function describeTrigger(
  { table_name: table, name, timing, event, body }: ControlRow,
  show: (body: string) => string | null,
): TriggerFacts {
  return {
    table: table ?? '',
    name: name ?? '',
    timing: timing === 'BEFORE' ? 'before' : 'after',
    // MariaDB 12 names several events of one trigger.
    events: (event ?? '')
      .toLowerCase()
      .split(/\s*,\s*/)
      .sort((a, b) => 'insert update delete'.indexOf(a) - 'insert update delete'.indexOf(b)),
    columns: [],
    isForStatements: false,
    condition: null,
    firing: 'origin',
    body: body == null ? null : show(body),
    definition: body ?? null,
  };
}

/**
 * How the server follows another one. Rows that it applies fire no triggers, but on MariaDB where it is told to; statements
 * that it runs fire all.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-features-triggers.html
 * @see https://mariadb.com/docs/server/ha-and-performance/standard-replication/running-triggers-on-the-replica-for-row-based-events
 */
export async function readMysqlApplier(session: SqlSession): Promise<Fact<ApplierFacts>> {
  const facts = mysqlReplicationOf(await readMysqlReplication(session));
  if (facts === null) return hidden('the server does not say whether it follows another one');
  if ('refused' in facts.channels) return hidden(facts.channels.refused, facts.channels.grant);
  const format = await readGlobal(session, 'binlog_format');
  const common = {
    logsStatements: facts.writesBinlog && format !== null && format !== 'ROW',
    canSwitchTriggers: false,
  };
  if (facts.channels.said.length === 0)
    return known({
      kind: 'none',
      fires: [],
      firesAlone: [],
      evidence: 'the server follows no other one',
      ...common,
    });
  return known({
    kind: 'rows',
    ...(await readFired(session)),
    ...common,
  });
}

/**
 * MariaDB marks the rows of tables whose triggers have fired on the source already, and fires none for those unless told to ENFORCE.
 *
 * @see https://mariadb.com/docs/server/ha-and-performance/standard-replication/running-triggers-on-the-replica-for-row-based-events
 */
async function readFired(
  session: SqlSession,
): Promise<Pick<ApplierFacts, 'fires' | 'firesAlone' | 'evidence'>> {
  const { engine } = await readMysqlCapabilities(session);
  const setting = engine === 'mariadb' ? await readGlobal(session, 'slave_run_triggers_for_rbr') : null;
  const all: readonly TriggerFiring[] = ['origin', 'always'];
  if (setting === null || setting === 'NO')
    return {
      fires: [],
      firesAlone: [],
      evidence: 'it follows another server, and rows that it applies fire no triggers',
    };
  return {
    fires: setting === 'ENFORCE' ? all : [],
    firesAlone: all,
    evidence: `it follows another server, and slave_run_triggers_for_rbr is ${setting}`,
  };
}

async function readGlobal(session: SqlSession, name: string): Promise<string | null> {
  const [row] = await session.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${textLiteral(name)})`);
  return row === undefined ? null : (Object.values(row)[1] ?? null);
}
