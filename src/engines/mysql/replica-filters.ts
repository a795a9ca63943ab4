import type { BinlogEnd, ReplicaFilters } from './replication-facts.js';

/** A table by the names that it has on the source. */
export interface FilteredTable {
  readonly schema: string;
  readonly name: string;
  /** Whether the server finds names in any spelling. */
  readonly ignoresCase: boolean;
}

/**
 * The filter by which a source keeps a table out of its binary log, or null. Where changes are logged as statements, it is
 * the session's own schema that counts; a table that another schema's sessions write is not told from one by that.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-rules-db-options.html
 */
export function findBinlogFilter({ doDb, ignoreDb }: BinlogEnd, table: FilteredTable): string | null {
  return findSchemaFilter({ doDb, ignoreDb, prefix: 'binlog' }, table);
}

/**
 * The filter by which a replica leaves a table out, or null, in the order in which the server looks at them.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-rules-table-options.html
 * @see https://mariadb.com/docs/server/ha-and-performance/standard-replication/replication-filters
 */
export function findReplicaFilter(filters: ReplicaFilters, table: FilteredTable): string | null {
  const { doDb, ignoreDb, doDomains, ignoreDomains } = filters;
  // Which tables the transactions of a domain write, nothing says.
  if (doDomains !== '') return `DO_DOMAIN_IDS=(${doDomains})`;
  if (ignoreDomains !== '') return `IGNORE_DOMAIN_IDS=(${ignoreDomains})`;
  return findSchemaFilter({ doDb, ignoreDb, prefix: 'replicate' }, table) ?? findTableFilter(filters, table);
}

function findSchemaFilter(
  { doDb, ignoreDb, prefix }: { doDb: string; ignoreDb: string; prefix: 'binlog' | 'replicate' },
  { schema, ignoresCase }: FilteredTable,
): string | null {
  const holds = (list: string): boolean => splitList(list).some((name) => isSame(name, schema, ignoresCase));
  if (doDb !== '') return holds(doDb) ? null : `${prefix}_do_db=${doDb}`;
  return ignoreDb !== '' && holds(ignoreDb) ? `${prefix}_ignore_db=${ignoreDb}` : null;
}

function findTableFilter(filters: ReplicaFilters, table: FilteredTable): string | null {
  const { doTable, ignoreTable, wildDoTable, wildIgnoreTable } = filters;
  const full = `${table.schema}.${table.name}`;
  const names = (list: string): boolean =>
    splitList(list).some((name) => isSame(name, full, table.ignoresCase));
  const fits = (list: string): boolean =>
    splitList(list).some((pattern) => isLike(full, pattern, table.ignoresCase));
  if (names(doTable)) return null;
  if (names(ignoreTable)) return `replicate_ignore_table=${ignoreTable}`;
  if (fits(wildDoTable)) return null;
  if (fits(wildIgnoreTable)) return `replicate_wild_ignore_table=${wildIgnoreTable}`;
  if (doTable !== '') return `replicate_do_table=${doTable}`;
  return wildDoTable === '' ? null : `replicate_wild_do_table=${wildDoTable}`;
}

/** The schema that the rows of a schema of the source go to on the replica. Rules are written `(from,to),(from,to)`, or `from->to`. */
export function rewriteSchema(schema: string, { rewriteDb }: ReplicaFilters): string {
  const rules = [...rewriteDb.matchAll(/\(?([^(),]+?)(?:,|->)([^(),]+)\)?/g)];
  return rules.find(([, from]) => from === schema)?.[2] ?? schema;
}

function splitList(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}

function isSame(one: string, other: string, ignoresCase: boolean): boolean {
  return ignoresCase ? one.toLowerCase() === other.toLowerCase() : one === other;
}

/** `%` and `_` as in LIKE; a backslash takes their meaning away. */
function isLike(text: string, pattern: string, ignoresCase: boolean): boolean {
  const source = pattern.replace(/\\?[\s\S]/gu, (part) => {
    if (part === '%') return '[\\s\\S]*';
    if (part === '_') return '[\\s\\S]';
    return part.slice(-1).replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  });
  return new RegExp(`^${source}$`, ignoresCase ? 'iu' : 'u').test(text);
}
