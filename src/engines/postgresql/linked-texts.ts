import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { ANYTHING, insertsThrough, type LinkedText } from '../text-reach.js';
import { readPostgresqlCapabilities } from './capabilities.js';

/** Functions of PostgreSQL and its own extensions that set columns of their row, and do nothing else. */
const OWN_ROW_ONLY: ReadonlySet<string> = new Set([
  'autoinc',
  'insert_username',
  'moddatetime',
  'suppress_redundant_updates_trigger',
  'tsvector_update_trigger',
  'tsvector_update_trigger_byid',
  'tsvector_update_trigger_bycolumn',
  'tsvector_update_trigger_column',
]);

/** In other languages than PL/pgSQL, SQL is put together from texts, or from nothing that could be read. */
export function isReadable({ language, text }: ControlRow): boolean {
  return language === 'plpgsql' || OWN_ROW_ONLY.has(text ?? '');
}

/** The text of the function of a trigger; nothing where it only sets columns of its row. */
export const readableText = ({ language, text }: ControlRow): string =>
  language === 'plpgsql' ? (text ?? '') : '';

const IS_FOREIGN_NAMESPACE = "nspname NOT IN ('pg_catalog', 'information_schema')";

/** Whether a function `p` in a language `l` is compiled and belongs to an extension. */
const IS_EXTENSION_C = `(l.lanname IN ('c', 'internal') AND EXISTS (SELECT 1 FROM pg_depend d
  WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))`;

/** Everything outside the system's own schemas that a text can set off. */
export async function readLinkedTexts(session: SqlSession): Promise<readonly LinkedText[]> {
  return [
    ...(await readInsertReactions(session)),
    ...(await readViews(session)),
    ...(await readFunctions(session)),
    ...(await readHiddenCalls(session)),
    ...(await readEventTriggers(session)),
  ];
}

/**
 * What a table computes or checks when a row is written: defaults, generated columns, checks, indexes, policies and bounds
 * of partitions, as a query with `relid` and `text`. Policies and partitions are not in every catalog.
 */
export async function OWN_EXPRESSIONS(session: SqlSession): Promise<string> {
  const { hasColumn } = await readPostgresqlCapabilities(session);
  return [
    'SELECT adrelid AS relid, pg_get_expr(adbin, adrelid) AS text FROM pg_attrdef',
    "SELECT conrelid, pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0",
    `SELECT indrelid, concat_ws('; ', pg_get_expr(indexprs, indrelid), pg_get_expr(indpred, indrelid)) FROM pg_index
     WHERE indexprs IS NOT NULL OR indpred IS NOT NULL`,
    ...(hasColumn('pg_policy', 'polqual')
      ? [
          "SELECT polrelid, concat_ws('; ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy",
        ]
      : []),
    ...(hasColumn('pg_partitioned_table', 'partexprs')
      ? [
          'SELECT partrelid, pg_get_expr(partexprs, partrelid) FROM pg_partitioned_table WHERE partexprs IS NOT NULL',
        ]
      : []),
  ].join(' UNION ALL ');
}

/** Triggers, rules and expressions of any table and view that act on rows that are added; a partition's also for what holds it. */
async function readInsertReactions(session: SqlSession): Promise<readonly LinkedText[]> {
  const rows = await session.query(
    `WITH RECURSIVE held (relid, name) AS (
       SELECT c.oid, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.${IS_FOREIGN_NAMESPACE}
       UNION SELECT i.inhrelid, h.name FROM held h JOIN pg_inherits i ON i.inhparent = h.relid)
     SELECT h.name, p.prosrc AS text, l.lanname AS language
       FROM held h JOIN pg_trigger g ON g.tgrelid = h.relid JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_language l ON l.oid = p.prolang
       WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgtype & 4 <> 0
     UNION ALL SELECT h.name, substring(pg_get_triggerdef(g.oid) from ' WHEN (.*) EXECUTE (?:FUNCTION|PROCEDURE) '), 'plpgsql'
       FROM held h JOIN pg_trigger g ON g.tgrelid = h.relid WHERE NOT g.tgisinternal AND g.tgqual IS NOT NULL
     UNION ALL SELECT c.relname::text, coalesce(substring(pg_get_ruledef(r.oid) from '\\s(?:WHERE|DO)\\s.*'), pg_get_ruledef(r.oid)), 'plpgsql' FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
       WHERE r.ev_type = '3' AND r.ev_enabled <> 'D'
     UNION ALL SELECT h.name, e.text, 'plpgsql' FROM held h JOIN (${await OWN_EXPRESSIONS(session)}) e ON e.relid = h.relid`,
  );
  return rows.map((row) => ({
    on: 'insert',
    name: row.name ?? '',
    text: isReadable(row) ? readableText(row) : ANYTHING,
  }));
}

/** Views run their text where they are read or added to. What a foreign table sets off on its own server is not known. */
async function readViews(session: SqlSession): Promise<readonly LinkedText[]> {
  const rows = await session.query(
    `SELECT c.relname AS name, CASE WHEN c.relkind = 'f' THEN NULL ELSE pg_get_viewdef(c.oid) END AS text
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm', 'f') AND n.${IS_FOREIGN_NAMESPACE}`,
  );
  return rows.flatMap(({ name, text }): LinkedText[] => [
    { on: 'name', name: name ?? '', text: text ?? ANYTHING },
    { on: 'insert', name: name ?? '', text: text == null ? ANYTHING : insertsThrough(text) },
  ]);
}

/**
 * Functions that somebody wrote, with the defaults of their arguments; a body in standard SQL is no text, but is shown as
 * one, and an aggregate is the functions of its parts. Of those in C only an extension's are taken for harmless.
 */
async function readFunctions(session: SqlSession): Promise<readonly LinkedText[]> {
  const rows = await session.query(
    `SELECT p.proname AS name, l.lanname AS language,
       CASE WHEN a.aggfnoid IS NOT NULL THEN concat_ws(' ', a.aggtransfn::text, a.aggfinalfn::text, a.aggmtransfn::text, a.aggminvtransfn::text, a.aggmfinalfn::text)
         WHEN p.prosrc <> '' THEN concat_ws('; ', p.prosrc, pg_get_expr(p.proargdefaults, 0))
         ELSE substr(pg_get_functiondef(p.oid), length('CREATE OR REPLACE ')) END AS text, (a.aggfnoid IS NOT NULL)::text AS aggregate
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
       LEFT JOIN pg_aggregate a ON a.aggfnoid::oid = p.oid
     WHERE n.${IS_FOREIGN_NAMESPACE} AND p.prorettype <> 'pg_catalog.trigger'::regtype
       AND NOT (a.aggfnoid IS NULL AND (${IS_EXTENSION_C} OR l.lanname = 'internal' AND p.prosrc ~ '^(multi)?range_constructor\\d$'))`,
  );
  return rows.map(({ name, language, text, aggregate }) => ({
    on: 'name',
    name: name ?? '',
    text:
      aggregate === 'true' || language === 'plpgsql'
        ? (text ?? '')
        : language === 'sql'
          ? withTables(text ?? '')
          : ANYTHING,
  }));
}

/** In a function in SQL, `SELECT … INTO` makes a table. */
function withTables(text: string): string {
  return /(?<!\binsert\s+)\binto\b/i.test(text) ? `${text}\n; CREATE TABLE` : text;
}

/**
 * Functions that no text calls by name: behind operators that are written, or put for their opposites, and behind casts, domains, ranges and operator
 * classes, which the server takes by itself.
 */
async function readHiddenCalls(session: SqlSession): Promise<readonly LinkedText[]> {
  const rows = await session.query(
    `WITH own AS (SELECT p.oid, p.proname::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.${IS_FOREIGN_NAMESPACE})
     SELECT o.oprname AS symbol, 'an operator' AS what, f.name AS text FROM pg_operator o JOIN pg_operator p ON p.oid IN (o.oid, o.oprcom, o.oprnegate)
       JOIN own f ON f.oid = p.oprcode
     UNION ALL SELECT NULL, 'cast from ' || c.castsource::regtype || ' to ' || c.casttarget::regtype, f.name FROM pg_cast c JOIN own f ON f.oid = c.castfunc
     UNION ALL SELECT NULL, 'range type ' || r.rngtypid::regtype, f.name FROM pg_range r JOIN own f ON f.oid IN (r.rngcanonical, r.rngsubdiff)
     UNION ALL SELECT NULL, 'an operator class', f.name FROM pg_amproc m JOIN own f ON f.oid = m.amproc
     UNION ALL SELECT NULL, 'an operator class', f.name FROM pg_amop m JOIN pg_operator o ON o.oid = m.amopopr JOIN own f ON f.oid = o.oprcode
     UNION ALL SELECT NULL, 'domain ' || k.contypid::regtype, pg_get_expr(k.conbin, 0) FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid
       JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.${IS_FOREIGN_NAMESPACE}
     UNION ALL SELECT NULL, 'the default of domain ' || t.oid::regtype, pg_get_expr(t.typdefaultbin, 0) FROM pg_type t WHERE t.typdefaultbin IS NOT NULL`,
  );
  return rows.map(({ symbol, what, text }) => ({
    on: symbol == null ? 'always' : 'operator',
    name: symbol ?? what ?? '',
    text: text ?? ANYTHING,
  }));
}

/** Functions that the server calls when anything is created, changed, removed or granted. */
async function readEventTriggers(session: SqlSession): Promise<readonly LinkedText[]> {
  const rows = await session.query(
    `SELECT e.evtname AS name, p.prosrc AS text, l.lanname AS language
     FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid JOIN pg_language l ON l.oid = p.prolang
     WHERE e.evtenabled <> 'D' AND NOT ${IS_EXTENSION_C}`,
  );
  return rows.map((row) => ({
    on: 'command',
    name: row.name ?? '',
    text: isReadable(row) ? readableText(row) : ANYTHING,
  }));
}
