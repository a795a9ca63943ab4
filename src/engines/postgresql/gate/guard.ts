import { type Fact, known } from '../../../core/gate/fact.js';
import type { SqlSession } from '../../sql-session.js';
import { textLiteral } from '../dialect.js';
import { KNOWS_SYSTEM } from '../server-question.js';

/**
 * A statement that fails on every server but this one. A physical copy has the same identifier of its data, a standby that was
 * promoted as well: so when the server was started counts, and a file is good until it is started again.
 *
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA
 */
export async function readPostgresqlGuard(session: SqlSession): Promise<Fact<readonly string[]>> {
  const [row] = await session.query(
    `SELECT current_database()::text AS database, current_setting('port') AS port, (${KNOWS_SYSTEM})::text AS knows,
       extract(epoch FROM pg_postmaster_start_time())::text AS started`,
  );
  const [control] =
    row?.knows === 'true'
      ? await session.query('SELECT system_identifier::text AS system FROM pg_control_system()')
      : [];
  const conditions = [
    `pg_catalog.current_database() <> ${textLiteral(row?.database ?? '')}`,
    `pg_catalog.current_setting('port') <> ${textLiteral(row?.port ?? '')}`,
    `extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text <> ${textLiteral(row?.started ?? '')}`,
    ...(control === undefined
      ? []
      : [
          `(SELECT system_identifier::text FROM pg_catalog.pg_control_system()) <> ${textLiteral(control.system ?? '')}`,
        ]),
  ];
  const body = `BEGIN IF ${conditions.join(' OR ')} THEN RAISE EXCEPTION 'this file is for another server'; END IF; END`;
  const tag = dollarTag(body);
  return known([`DO ${tag} ${body} ${tag}`]);
}

/** A name of a database may hold what would end the quotes. */
function dollarTag(body: string): string {
  let tag = '$guard$';
  for (let number = 1; body.includes(tag); number++) tag = `$guard${number}$`;
  return tag;
}
