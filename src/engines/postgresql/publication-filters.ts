import type { Table } from '../../core/schema.js';
import type { PostgresqlReplication, PublishedTable } from './replication-facts.js';

/**
 * By what the publications of a subscription leave out a table, rows or columns of it, or changes to it; null where they
 * publish all. A row that one of them publishes is published.
 *
 * @see https://www.postgresql.org/docs/current/logical-replication-row-filter.html
 * @see https://www.postgresql.org/docs/current/logical-replication-col-lists.html
 */
export function findPublicationFilter(
  table: Table,
  publications: readonly string[],
  source: PostgresqlReplication,
): string | null {
  const name = `${table.schema}.${table.name}`;
  const ours = source.published.filter(({ publication }) => publications.includes(publication));
  const own = ours.filter((each) => each.table === name);
  if (own.length > 0) return findFilterOf(table, own, source);
  const leaves = source.leaves[name] ?? [];
  const parts = leaves.map((leaf) => ours.filter((each) => each.table === leaf));
  if (leaves.length === 0 || parts.some((part) => part.length === 0))
    return `not in publication ${publications.join(', ')}`;
  return parts.map((part) => findFilterOf(table, part, source)).find((filter) => filter !== null) ?? null;
}

function findFilterOf(
  table: Table,
  published: readonly PublishedTable[],
  source: PostgresqlReplication,
): string | null {
  const names = published.map(({ publication }) => publication);
  if (published.every(({ filter }) => filter !== null))
    return `WHERE ${published.map(({ filter }) => filter).join(' OR ')} of publication ${names.join(', ')}`;
  return findColumnList(table, published) ?? findVerbs(names, source);
}

function findColumnList({ columns }: Table, published: readonly PublishedTable[]): string | null {
  const sent = new Set(published.flatMap((each) => each.columns ?? []));
  if (published.some((each) => each.columns === null)) return null;
  const missing = columns.filter(({ name, generated }) => !generated && !sent.has(name));
  if (missing.length === 0) return null;
  const names = [...sent].join(', ');
  return `column list (${names}) of publication ${published.map(({ publication }) => publication).join(', ')}`;
}

function findVerbs(names: readonly string[], { publications }: PostgresqlReplication): string | null {
  const ours = publications.filter(({ name }) => names.includes(name));
  const verbs = {
    insert: ours.some(({ inserts }) => inserts),
    update: ours.some(({ updates }) => updates),
    delete: ours.some(({ deletes }) => deletes),
  };
  const published = Object.entries(verbs).flatMap(([verb, does]) => (does ? [verb] : []));
  return published.length === 3
    ? null
    : `publish = '${published.join(', ')}' of publication ${names.join(', ')}`;
}
