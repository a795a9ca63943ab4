import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { TextReach, through } from '../text-reach.js';
import { isReadable, OWN_EXPRESSIONS, readableText, readLinkedTexts } from './linked-texts.js';
import { type SchemaSql, TREE } from './repair-facts.js';

/** Bits of `tgtype`. */
const EVENTS = { insert: 4, delete: 8, update: 16 } as const;
const RULE_EVENTS: Readonly<Record<string, keyof typeof EVENTS>> = { 2: 'update', 3: 'insert', 4: 'delete' };

/** What the server runs beside a statement: its kinds of statements, its text, and why it keeps rows from being written. */
export interface Reaction {
  readonly table: string;
  readonly name: string;
  readonly isTrigger: boolean;
  readonly events: readonly (keyof typeof EVENTS)[];
  readonly text: string;
  readonly reason: string | null;
  /** A trigger that acts on every row before that is written, and one that does on some at least. */
  readonly isBefore: boolean;
  readonly mayAlter: boolean;
}

/** Rules rewrite a statement into others; a trigger, and what the table computes of a row, may do what its text says. */
export async function readReactions(session: SqlSession, schema: SchemaSql): Promise<readonly Reaction[]> {
  const rules = await readRules(session, schema);
  const triggers = await session.query(
    `${TREE(schema)} SELECT DISTINCT t.table_name, g.tgname AS name, g.tgtype::text AS kind, (g.tgqual IS NULL AND g.tgattr::text = '')::text AS always,
       p.prosrc AS text, l.lanname AS language, substring(pg_get_triggerdef(g.oid) from ' WHEN (.*) EXECUTE (?:FUNCTION|PROCEDURE) ') AS condition
     FROM tree t JOIN pg_trigger g ON g.tgrelid = t.relid JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_language l ON l.oid = p.prolang
     WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'`,
  );
  const computed = await session.query(
    `${TREE(schema)} SELECT t.table_name, e.text FROM tree t JOIN (${await OWN_EXPRESSIONS(session)}) e ON e.relid = t.relid`,
  );
  const reach = new TextReach(await readLinkedTexts(session));
  const findHarm = (text: string): readonly string[] | null => reach.findHarm(text);
  return [
    ...rules,
    ...triggers.map((row) => buildTrigger(row, findHarm)),
    ...computed.flatMap((row) => buildComputed(row, findHarm)),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function readRules(session: SqlSession, schema: SchemaSql): Promise<readonly Reaction[]> {
  const rows = await session.query(
    `SELECT c.relname AS table_name, r.rulename AS name, r.ev_type::text AS event
     FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
     WHERE c.relnamespace = ${schema} AND r.rulename <> '_RETURN' AND r.ev_enabled <> 'D' ORDER BY r.rulename::text COLLATE "C"`,
  );
  return rows.map((row) => {
    const event = RULE_EVENTS[row.event ?? ''];
    return {
      ...silent(row),
      events: event === undefined ? [] : [event],
      reason: `rule ${row.name} of the table rewrites the statement`,
    };
  });
}

type FindHarm = (text: string) => readonly string[] | null;

function buildTrigger(row: ControlRow, findHarm: FindHarm): Reaction {
  const text = readableText(row);
  const way = isReadable(row) ? findHarm(`${text};\n${row.condition ?? ''}`) : [];
  // Bits of tgtype: for each row, and before it is written.
  const mayAlter = (Number(row.kind) & 3) === 3;
  return {
    ...silent(row),
    isTrigger: true,
    events: (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).filter(
      (event) => (Number(row.kind) & EVENTS[event]) !== 0,
    ),
    text,
    reason: way === null ? null : `trigger ${row.name} of the table may change other rows${through(way)}`,
    isBefore: mayAlter && row.always === 'true',
    mayAlter,
  };
}

function buildComputed(row: ControlRow, findHarm: FindHarm): readonly Reaction[] {
  const way = findHarm(row.text ?? '');
  if (way === null) return [];
  const reason = `what the table computes of a row may change other rows${through(way)}`;
  return [{ ...silent(row), events: ['insert', 'update'], reason }];
}

/** A reaction that does nothing yet. */
function silent(row: ControlRow): Reaction {
  return {
    table: row.table_name ?? '',
    name: row.name ?? '',
    isTrigger: false,
    events: [],
    text: '',
    reason: null,
    isBefore: false,
    mayAlter: false,
  };
}
