import { RowproofError } from '../../core/errors.js';
import type { Table } from '../../core/schema.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { limitWrites } from '../limit-writes.js';
import { openWithin } from '../open-session.js';
import { assertExpectedServer } from '../server-identity.js';
import type { ControlRow } from '../session.js';
import type {
  BegunTransaction,
  ImageColumn,
  WriteDialect,
  WriteOptions,
  WriteSession,
  WriteSetting,
} from '../write.js';
import { POSTGRESQL_NOTES } from './change-notes.js';
import { textLiteral } from './dialect.js';
import { fileLiteral, quoteFileName } from './file-spelling.js';
import { POSTGRESQL_LEXICON } from './lexicon.js';
import { POSTGRESQL_COPIES } from './row-copies.js';

/** A transaction that waits longer than this for the next statement has lost whoever began it. */
const LONGEST_IDLE_MS = 300_000;

/**
 * What holds in every writing transaction, whatever the file says: it decides how the text of values reads.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html
 */
const STATE: Readonly<Record<string, string>> = {
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  array_nulls: 'on',
  lc_monetary: 'C',
  xmloption: 'content',
  transform_null_equals: 'off',
  row_security: 'off',
  escape_string_warning: 'off',
};

/** What a file may set, and to what; other values of the same settings would change what its statements mean. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    Object.entries(STATE).map(([name, value]) => [name.toLowerCase(), new RegExp(`^${value}$`, 'i')]),
  ),
  extra_float_digits: /^[0-3]$/,
  search_path: /^[\w", ]*$/,
  client_min_messages: /^(warning|notice|error)$/i,
  escape_string_warning: /^(on|off)$/i,
  check_function_bodies: /^(on|off)$/i,
  synchronize_seqscans: /^(on|off)$/i,
  default_transaction_read_only: /^off$/i,
  default_transaction_deferrable: /^(on|off)$/i,
  default_transaction_isolation: /^(read committed|repeatable read|serializable)$/i,
  lock_timeout: /^\d+(ms|s)?$/,
  statement_timeout: /^\d+(ms|s|min)?$/,
  idle_in_transaction_session_timeout: /^\d+(ms|s|min)?$/,
};

/**
 * Only a superuser may set it, so it is asked: foreign keys and triggers are off in a session that plays a replica.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
 */
const ASKED: Readonly<Record<string, string>> = { session_replication_role: 'origin' };

/** Their value is a limit; the server writes it in its own unit. */
const LIMITS = /_timeout$/;

const plainValue = (text: string): string =>
  text.replace(/["']/g, '').replace(/\s+/g, ' ').trim().toLowerCase();

/** Reads `SET name = value;`. What stops psql, and asks what is asked here too, is not run. */
function readSettings(line: string): readonly WriteSetting[] | null {
  if (line === '\\set ON_ERROR_STOP on' || /^DO E?'(?:[^'\\]|''|\\.)*';$/.test(line)) return [];
  const [, name = '', value = ''] =
    /^SET (?:SESSION )?([A-Za-z_]+) (?:=|TO) ('[^'\\]*'|[\w", ]+);$/.exec(line) ?? [];
  const allowed = ALLOWED[name.toLowerCase()];
  const plain = value.startsWith("'") ? value.slice(1, -1) : value;
  if (allowed === undefined || !allowed.test(plain)) return null;
  return [{ name: name.toLowerCase(), value: plain, readBack: !LIMITS.test(name) }];
}

async function open(settings: ConnectionSettings, stop: AbortSignal): Promise<WriteSession> {
  const { connectPostgresqlWriter } = await import('./write-driver.js');
  const { connectTimeoutMs, statementTimeoutMs } = settings;
  return openWithin({ timeoutMs: connectTimeoutMs, stop }, async (signal) =>
    limitWrites(await connectPostgresqlWriter(settings, signal), { statementTimeoutMs, stop }),
  );
}

/** Compiling takes longer than any statement of ours; PostgreSQL 10 does not know how. */
const WITHOUT_COMPILING = `SELECT CASE WHEN pg_catalog.current_setting('jit', true) IS NOT NULL
  THEN pg_catalog.set_config('jit', 'off', true) END`;

/**
 * Every setting is that of the transaction, so that none stays behind in a pool of connections. It begins in a message of
 * its own: pgpool hands one with several statements to the primary alone, and savepoints to its standbys as well.
 */
async function begin(
  session: WriteSession,
  { lockTimeoutMs, statementTimeoutMs, settings, server }: WriteOptions,
): Promise<BegunTransaction> {
  const state = new Map(Object.entries(STATE).map(([name, value]) => [name.toLowerCase(), value]));
  for (const { name, value } of settings) state.set(name, value);
  const assignments = [...state].map(([name, value]) => `SET LOCAL ${name} = ${spellSetting(name, value)}`);
  const unread = new Set(settings.filter(({ readBack }) => !readBack).map(({ name }) => name));
  for (const [name, value] of Object.entries(ASKED)) state.set(name, value);
  const names = [...state.keys()].filter((name) => !unread.has(name));
  const values = names.map((name) => `pg_catalog.current_setting('${name}') AS "${name}"`);
  await session.execute('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  const [row = {}] = await session.query(
    [
      ...assignments,
      `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
      `SET LOCAL statement_timeout = ${statementTimeoutMs}`,
      `SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_IDLE_MS}`,
      'SET CONSTRAINTS ALL DEFERRED',
      WITHOUT_COMPILING,
      `SELECT ${values.join(', ')}, ${session.serverQuestion}`,
    ].join('; '),
  );
  const answer = session.readAnswer(row);
  assertExpectedServer(server, answer.server);
  const wrong = names.filter((name) => plainValue(row[name] ?? '') !== plainValue(state.get(name) ?? ''));
  if (wrong.length === 0) return answer.transaction;
  throw new RowproofError({
    code: 'session-state',
    message: `The server did not keep the settings that the repair needs: ${wrong.join(', ')}.`,
    hint: 'Connect to the database itself rather than through a pooler. Nothing was applied in this transaction.',
  });
}

/** A list of names must not be quoted as a whole. */
function spellSetting(name: string, value: string): string {
  return name === 'search_path' && value !== '' ? value : textLiteral(value).trimStart();
}

/** Every type can be written as text and read back; that is what dumps rest on. */
async function readImages(session: WriteSession, table: Table): Promise<ImageColumn[]> {
  const rows = await session.query(
    `SELECT a.attname AS name, COALESCE(to_jsonb(a) ->> 'attgenerated', '') <> '' AS generated,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, n.nspname AS type_schema, t.typname AS type_name,
       EXISTS (SELECT 1 FROM pg_catalog.pg_type b WHERE b.oid IN (t.oid, t.typbasetype) AND b.typtype = 'c') AS composite,
       (SELECT min(x.nspname::text) FROM pg_catalog.pg_opclass oc
          JOIN pg_catalog.pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
          JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype
            AND ao.amoprighttype = oc.opcintype AND ao.amopstrategy = 3
          JOIN pg_catalog.pg_operator o ON o.oid = ao.amopopr JOIN pg_catalog.pg_namespace x ON x.oid = o.oprnamespace
        WHERE oc.opcdefault AND oc.opcintype = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END) AS operators
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     WHERE s.nspname = ${textLiteral(table.schema)} AND c.relname = ${textLiteral(table.name)}
       AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
  );
  return rows.map(createImage);
}

function createImage(row: ControlRow): ImageColumn {
  const name = row.name ?? '';
  const quoted = quoteFileName(name);
  const asText = `${quoted}::pg_catalog.text COLLATE pg_catalog."C"`;
  const literal = (text: string | null): string => (text === null ? 'NULL' : fileLiteral(text));
  const guard = (text: string | null): string =>
    text === null
      ? `${quoted}::pg_catalog.text IS NULL`
      : `${asText} OPERATOR(pg_catalog.=) ${literal(text)}`;
  const operators = row.operators ?? 'pg_catalog';
  // A bare literal is no row of any type yet.
  const asKey = (text: string | null): string =>
    operators === 'pg_catalog' && row.composite !== 't'
      ? `OPERATOR(pg_catalog.=) ${literal(text)}`
      : `OPERATOR(${quoteFileName(operators)}.=) CAST(${literal(text)} AS ${typeOf(row)})`;
  return {
    name,
    generated: row.generated === 't',
    select: `${quoted}::pg_catalog.text`,
    lossy: null,
    literal,
    guard,
    keyCondition: (text) => `${quoted} ${asKey(text)} AND ${guard(text)}`,
    hasValueOf: (expression) =>
      `${asText} IS NOT DISTINCT FROM CAST(CAST(${expression} AS ${row.type}) AS pg_catalog.text) COLLATE pg_catalog."C"`,
  };
}

function typeOf({ type_schema, type_name }: ControlRow): string {
  return `${quoteFileName(type_schema ?? '')}.${quoteFileName(type_name ?? '')}`;
}

/** Read-only transactions, a full disk, and a server without memory refuse every row alike. */
const HOPELESS = /^(25006|53[12]00|58030|XX00[012])$/;

export const postgresqlWrite: WriteDialect = {
  engines: ['postgresql'],
  lexicon: POSTGRESQL_LEXICON,
  notes: POSTGRESQL_NOTES,
  copies: POSTGRESQL_COPIES,
  words: new Set(
    'NULL TRUE FALSE AND NOT IS DISTINCT FROM EXISTS SELECT WHERE AS COLLATE LIMIT C X PG_CATALOG'.split(' '),
  ),
  functions: new Set('CAST DECODE EXISTS OPERATOR AND NOT FROM'.split(' ')),
  guardQuestion: () => null,
  readSettings,
  open,
  begin,
  checkDeferred: ['SET CONSTRAINTS ALL IMMEDIATE', 'SET CONSTRAINTS ALL DEFERRED'],
  readImages,
  lockingProbe: '',
  undoSettings: ["SET bytea_output = 'hex';", "SET lc_monetary = 'C';"],
  isHopeless: (error) => HOPELESS.test((error as { code?: string } | null)?.code ?? ''),
};
