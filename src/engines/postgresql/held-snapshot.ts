import { RowproofError } from '../../core/errors.js';
import type { ControlRow } from '../session.js';
import type { SnapshotStart } from '../snapshots.js';
import type { StatementSettings } from '../sql-session.js';
import { textLiteral } from './dialect.js';
import { OUTDATED } from './errors.js';
import { STAY } from './server-question.js';
import type { SessionState } from './session-state.js';

const BEGIN = `${STAY}BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE`;
const SAVEPOINT = 'rowproof_snapshot';
/** What a snapshot sees and what not, as text; on a standby too. Its newer name came with PostgreSQL 13, and this one stayed. */
const SEEN = 'SELECT pg_catalog.txid_current_snapshot()::pg_catalog.text AS seen';
const OWN_PATH = "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)";
/** Identifiers below are those of the catalog itself. */
const FIRST_OF_USERS = 16384;

/**
 * Relations that were just read and have other files than they had at the instant of the snapshot. TRUNCATE and what rewrites a table
 * leave rows in it that no earlier snapshot sees, so that it looks empty. Columns are read as of the snapshot, functions
 * answer as of now; an index that was made since hides nothing.
 *
 * @see https://www.postgresql.org/docs/current/mvcc-caveats.html
 */
const REWRITTEN = `${OWN_PATH}; SELECT count(*) AS rewritten FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= ${FIRST_OF_USERS}::oid
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND CASE WHEN c.oid IS NULL THEN pg_get_indexdef(l.relation) IS NULL
      ELSE c.relkind IN ('r', 'm') AND c.relfilenode <> pg_relation_filenode(c.oid) END`;

type Run = (sql: string) => Promise<readonly (readonly ControlRow[])[]>;

/**
 * One transaction in which everything is read as of its first statement, or as another one reads.
 *
 * After each statement it goes back to a savepoint, which gives the lock on the table back, so that whoever wants to alter it
 * need not wait; settings of the statement go with it.
 *
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION
 */
export class HeldSnapshot {
  /** What ends a statement. */
  readonly end = `ROLLBACK TO SAVEPOINT ${SAVEPOINT}`;
  /** By which others take it over. */
  readonly name: string | null;
  readonly #run: Run;
  readonly #seen: string;

  private constructor(run: Run, { name, seen }: { readonly name: string | null; readonly seen: string }) {
    this.#run = run;
    this.name = name;
    this.#seen = seen;
  }

  static async begin(run: Run, { from, longestMs }: SnapshotStart): Promise<HeldSnapshot> {
    await run('ROLLBACK');
    const results = await run(
      [
        BEGIN,
        ...(from === null ? [] : [`SET TRANSACTION SNAPSHOT ${textLiteral(from)}`]),
        `SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', '${Math.ceil(longestMs)}', true)`,
        from === null
          ? 'SELECT pg_catalog.pg_export_snapshot() AS name'
          : 'SELECT NULL::pg_catalog.text AS name',
        SEEN,
        `SAVEPOINT ${SAVEPOINT}`,
      ].join('; '),
    );
    const rows = results.flat();
    const name = rows.find((row) => 'name' in row)?.name ?? null;
    const seen = rows.find((row) => 'seen' in row)?.seen ?? '';
    if (seen === '') throw otherSnapshot();
    return new HeldSnapshot(run, { name, seen });
  }

  /** One message: sets what holds for a statement, reads it back, and asks what is seen and who answers. */
  buildBegin(state: SessionState, settings: StatementSettings): string {
    return `${SEEN}; ${state.buildStatementBegin(settings)}`;
  }

  /** Throws where a statement would not be read as of the instant. */
  assertSame(results: readonly (readonly ControlRow[])[]): void {
    const [row] = results.find(([first]) => first !== undefined && 'seen' in first) ?? [];
    if (row?.seen !== this.#seen) throw otherSnapshot();
  }

  /** Throws where what was read is not what was there at the instant. */
  async assertAsItWas(): Promise<void> {
    const [row] = (await this.#run(REWRITTEN)).at(-1) ?? [];
    if (row?.rewritten === '0') return;
    throw Object.assign(new Error('the table was rewritten after the snapshot was taken'), {
      code: OUTDATED,
    });
  }
}

function otherSnapshot(): RowproofError {
  return new RowproofError({
    code: 'session-state',
    message: 'The server does not read as of the instant that was agreed on.',
    hint: 'Connect to the database itself rather than through a pooler, or leave --snapshot out.',
  });
}
