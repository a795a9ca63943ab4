import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { PartitionFacts, StoredTableFacts } from '../../../core/gate/object-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { isOwnObject } from './schema-rows.js';

const WHAT: Readonly<Record<string, StoredTableFacts['what']>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
};

/**
 * Every table and view of the schema but for partitions, with how it is kept.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-partitioned-table.html
 */
export async function readPostgresqlStoredTables(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly StoredTableFacts[]>> {
  const capabilities = await readPostgresqlCapabilities(session);
  const isParted = capabilities.hasColumn('pg_partitioned_table', 'partstrat');
  const key = isParted ? "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END" : 'NULL';
  const bounds = isParted
    ? `(SELECT json_agg(pg_get_expr(p.relpartbound, p.oid))::text FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid
        WHERE i.inhparent = c.oid AND c.relkind = 'p')`
    : 'NULL';
  const rows = await session.query(
    `SELECT c.relname AS table_name, c.relkind AS relkind, c.relrowsecurity AS hides, ${key} AS key, ${bounds} AS bounds
     FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${capabilities.isNoPartition}
       AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(request.schema)})
       AND ${isOwnObject('pg_class', 'c.oid')}
     ORDER BY c.relname::text COLLATE "C"`,
  );
  return known(rows.map(describeTable));
}

function describeTable(row: ControlRow): StoredTableFacts {
  const what = WHAT[row.relkind ?? ''] ?? 'a table';
  return {
    table: row.table_name ?? '',
    what,
    isTransactional: what === 'a table' ? true : null,
    storage: null,
    partitions: row.key == null ? null : describePartitions(row.key, readBounds(row)),
    hidesRows: row.hides === 't',
  };
}

function readBounds({ bounds }: ControlRow): readonly string[] {
  return (JSON.parse(bounds ?? '[]') as (string | null)[]).map((bound) => bound ?? '');
}

function describePartitions(key: string, bounds: readonly string[]): PartitionFacts {
  const [, strategy = '', by = ''] = /^(\w+) \(([\s\S]*)\)$/.exec(key) ?? [];
  const hasDefault = bounds.includes('DEFAULT');
  if (strategy === 'RANGE') {
    const ends = bounds.flatMap((bound) => / TO \((.*)\)$/s.exec(bound)?.[1] ?? []);
    const takesRest = hasDefault || ends.some((end) => end.split(', ').every((part) => part === 'MAXVALUE'));
    return { method: 'range', by, end: takesRest ? null : farthest(ends), values: [], takesRest };
  }
  if (strategy === 'LIST')
    return { ...{ method: 'list', by, end: null, takesRest: hasDefault }, values: bounds.flatMap(readList) };
  return { method: 'hash', by, end: null, values: [], takesRest: true };
}

/** The first column of the bound that comes last: numbers by what they count, days and texts by how they are spelled. */
function farthest(ends: readonly string[]): string | null {
  const firsts = ends.flatMap(
    (end) => /^(?:'((?:[^']|'')*)'|([^',]+))/.exec(end)?.slice(1).find(Boolean) ?? [],
  );
  const plain = firsts.map((text) => text.replace(/ 00:00:00(\.0+)?(\+00)?$/, '').replace(/\+00$/, ''));
  const areNumbers = plain.every((text) => /^-?\d+$/.test(text));
  const sorted = areNumbers ? plain.sort((a, b) => Number(BigInt(a) - BigInt(b))) : plain.sort();
  return sorted.at(-1) ?? null;
}

function readList(bound: string): string[] {
  const list = / IN \((.*)\)$/s.exec(bound)?.[1] ?? '';
  const values = list.match(/'(?:[^']|'')*'|[^, ]+/g) ?? [];
  return values.map((value) => value.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'"));
}
