import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { ANYTHING, insertsThrough, type LinkedText } from '../text-reach.js';

/** Schemas of the server itself, whose functions and views change no row. */
const OTHERS = "NOT IN ('sys', 'mysql', 'information_schema', 'performance_schema')";

/**
 * What the text of a trigger can set off, as far as the account sees it: triggers of tables, functions, packages and views, and
 * procedures, which Oracle's mode of MariaDB calls by their bare name.
 * The text of a function is for its owner and a few others, that of a view for who has SHOW VIEW.
 */
export async function readLinkedTexts(
  session: SqlSession,
  known: ReadonlySet<string>,
): Promise<readonly LinkedText[]> {
  const triggers = await session.query(
    "SELECT EVENT_OBJECT_TABLE AS name, ACTION_STATEMENT AS text FROM information_schema.TRIGGERS WHERE EVENT_MANIPULATION = 'INSERT'",
  );
  // Where functions may be written in other languages, their texts are not SQL.
  const text = known.has('ROUTINES.EXTERNAL_LANGUAGE')
    ? "CASE WHEN EXTERNAL_LANGUAGE IS NULL OR EXTERNAL_LANGUAGE = 'SQL' THEN ROUTINE_DEFINITION END"
    : 'ROUTINE_DEFINITION';
  const functions = await session.query(
    `SELECT ROUTINE_NAME AS name, ${text} AS text FROM information_schema.ROUTINES
     WHERE ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE', 'PACKAGE BODY') AND ROUTINE_SCHEMA ${OTHERS}`,
  );
  const views = await session.query(
    `SELECT TABLE_NAME AS name, NULLIF(VIEW_DEFINITION, '') AS text FROM information_schema.VIEWS WHERE TABLE_SCHEMA ${OTHERS}`,
  );
  // Rows of these are kept by another server, or by a program, that may do anything with them.
  const elsewhere = await session.query(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA ${OTHERS} AND ENGINE IN ('FEDERATED', 'CONNECT', 'SPIDER', 'OQGRAPH', 'SPHINX', 'S3')`,
  );
  const link = (on: LinkedText['on'], row: ControlRow): LinkedText => ({
    on,
    name: row.name ?? '',
    text: row.text ?? ANYTHING,
  });
  return [
    ...triggers.map((row) => link('insert', row)),
    ...[...functions, ...views, ...elsewhere].map((row) => link('name', row)),
    ...views.map((row) =>
      link('insert', { ...row, text: row.text == null ? ANYTHING : insertsThrough(row.text) }),
    ),
  ];
}
