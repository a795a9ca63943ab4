import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type { FixStatement, RaiseNumber } from '../../../core/gate/fix.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { NumberFacts } from '../../../core/gate/number-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteName, textLiteral } from '../dialect.js';
import { readPostgresqlRights } from './rights.js';

/** Tables of which the whole column may be read where no index leads to its largest value. */
const SMALL_BYTES = 32 << 20;
const SEQUENCES_A_STATEMENT = 200;
const COLUMNS_A_STATEMENT = 50;

/**
 * The sequences of the schema and those that its tables take numbers from, each with the columns that use it: by a default, as
 * serial columns do, or as an identity.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-sequence.html
 * @see https://www.postgresql.org/docs/current/catalog-pg-depend.html
 */
export async function readPostgresqlNumbering(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly NumberFacts[]>> {
  const rows = await session.query(buildSequences(request.schema));
  const states = await readStates(
    session,
    rows.filter(({ readable }) => readable === 'true'),
  );
  const { account } = await readPostgresqlRights(session);
  const tables = new Set(request.tables.map(({ name }) => name));
  const numbers: NumberFacts[] = [];
  const used = rows.filter((row) => row.table_name === null || tables.has(row.table_name ?? ''));
  const mayRead = (row: ControlRow): boolean =>
    row.leads === 'true' || row.small === 'true' || request.isDeep;
  const ofColumns = await readLargest(
    session,
    request.schema,
    used.filter((row) => row.table_name !== null && mayRead(row)),
  );
  for (const row of used) {
    const largest =
      row.table_name === null
        ? known(null)
        : (ofColumns.get(row) ?? hidden('no index leads with the column; --deep reads it'));
    const grant = `GRANT SELECT ON SEQUENCE ${nameOf(row)} TO ${account}`;
    const next = states.get(row.id ?? '') ?? hidden('the account may not read the sequence', grant);
    numbers.push(describeNumber(request.schema, row, { next, largest }));
  }
  return known(numbers);
}

function describeNumber(
  schema: string,
  row: ControlRow,
  { next, largest }: Pick<NumberFacts, 'next' | 'largest'>,
): NumberFacts {
  const step = BigInt(row.step ?? 1);
  const isOfColumn = row.table_name !== null && row.table_name !== undefined;
  const bits = BigInt(row.bytes ?? 8) * 8n;
  const greatest = row.bytes === null ? null : step < 0n ? -(2n ** (bits - 1n)) : 2n ** (bits - 1n) - 1n;
  return {
    name: isOfColumn ? `${schema}.${row.table_name}.${row.column_name}` : `${row.schema}.${row.name}`,
    table: row.table_name ?? null,
    column: row.column_name ?? null,
    schema: row.schema ?? '',
    sequence: row.name ?? '',
    ...{ next, largest, step },
    last: BigInt((step < 0n ? row.least : row.most) ?? 0),
    cycles: row.cycles === 'true',
    columnLast: isOfColumn ? greatest : null,
  };
}

/** A column of a type that is no number, such as a text with a prefix, only shares its sequence with the table. */
function buildSequences(schema: string): string {
  const name = textLiteral(schema);
  return `SELECT s.seqrelid::text AS id, sn.nspname::text AS schema, sc.relname::text AS name,
      s.seqincrement::text AS step, s.seqmin::text AS least, s.seqmax::text AS most, s.seqcycle::text AS cycles,
      has_sequence_privilege(s.seqrelid, 'SELECT')::text AS readable,
      u.table_name, u.column_name, u.bytes, u.leads, u.small
    FROM pg_sequence s JOIN pg_class sc ON sc.oid = s.seqrelid JOIN pg_namespace sn ON sn.oid = sc.relnamespace
    LEFT JOIN LATERAL (
      SELECT c.relname::text AS table_name, a.attname::text AS column_name,
        CASE a.atttypid WHEN 'int2'::regtype THEN '2' WHEN 'int4'::regtype THEN '4' WHEN 'int8'::regtype THEN '8' END AS bytes,
        EXISTS (SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am m ON m.oid = ic.relam
          WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL
            AND m.amname = 'btree')::text AS leads,
        (c.relkind = 'r' AND pg_relation_size(c.oid) < ${SMALL_BYTES})::text AS small
      FROM (
        SELECT d.refobjid AS table_id, d.refobjsubid AS column_id FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype = 'i'
            AND d.refclassid = 'pg_class'::regclass
        UNION
        SELECT f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
          WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.seqrelid
      ) used
      JOIN pg_class c ON c.oid = used.table_id JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = used.column_id
      WHERE n.nspname = ${name} AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
    ) u ON true
    WHERE sn.nspname = ${name} OR u.table_name IS NOT NULL
    ORDER BY 2, 3, 9, 10`;
}

function nameOf({ schema, name }: ControlRow): string {
  return `${quoteName(schema ?? '')}.${quoteName(name ?? '')}`;
}

/** The number that each sequence gives next, by its id. Many are asked in one statement. */
async function readStates(
  session: SqlSession,
  rows: readonly ControlRow[],
): Promise<ReadonlyMap<string, Fact<bigint>>> {
  const distinct = [...new Map(rows.map((row) => [row.id ?? '', row])).values()];
  const states = new Map<string, Fact<bigint>>();
  for (let at = 0; at < distinct.length; at += SEQUENCES_A_STATEMENT) {
    const parts = distinct
      .slice(at, at + SEQUENCES_A_STATEMENT)
      .map(
        (row) =>
          `SELECT ${textLiteral(row.id ?? '')}::text AS id, (CASE WHEN is_called THEN last_value::numeric + ${row.step} ELSE last_value END)::text AS next FROM ${nameOf(row)}`,
      );
    for (const { id, next } of await session.query(parts.join(' UNION ALL ')))
      states.set(id ?? '', known(BigInt(next ?? 0)));
  }
  return states;
}

/** The largest value of each column, in the direction of its numbers; many are asked in one statement. */
async function readLargest(
  session: SqlSession,
  schema: string,
  columns: readonly ControlRow[],
): Promise<ReadonlyMap<ControlRow, Fact<bigint | null>>> {
  const found = new Map<ControlRow, Fact<bigint | null>>();
  for (let at = 0; at < columns.length; at += COLUMNS_A_STATEMENT) {
    const batch = columns.slice(at, at + COLUMNS_A_STATEMENT);
    const parts = batch.map((row, number) => {
      const end = BigInt(row.step ?? 1) < 0n ? 'min' : 'max';
      return `SELECT ${number} AS at, trunc(${end}(${quoteName(row.column_name ?? '')})::numeric)::text AS largest
        FROM ${quoteName(schema)}.${quoteName(row.table_name ?? '')}`;
    });
    for (const { at: number, largest } of await session.query(parts.join(' UNION ALL '))) {
      const row = batch[Number(number)];
      if (row !== undefined) found.set(row, readNumber(largest ?? null));
    }
  }
  return found;
}

function readNumber(text: string | null): Fact<bigint | null> {
  if (text === null) return known(null);
  return /^-?\d+$/.test(text) ? known(BigInt(text)) : hidden('its largest value is no number');
}

/** Only ever raises: whoever takes numbers meanwhile gets on. */
export function raisePostgresqlNumber({
  schema,
  sequence,
  next,
  isDescending,
}: RaiseNumber): FixStatement | null {
  if (sequence === null) return null;
  const name = `${quoteName(schema)}.${quoteName(sequence)}`;
  const [farther, by] = isDescending ? ['LEAST', '- 1'] : ['GREATEST', '+ 1'];
  const current = `(SELECT CASE WHEN is_called THEN last_value ${by} ELSE last_value END FROM ${name})`;
  const statement = `SELECT pg_catalog.setval(${textLiteral(name)}::pg_catalog.regclass, ${farther}(${next}, ${current}), false)`;
  return { statements: [statement], isSafe: true, lock: '', reversal: '' };
}
