import { textTypeOf } from '../../core/canonical-type.js';
import type { KeyPart } from '../../core/encoding/key-bytes.js';
import type { Column } from '../../core/schema.js';
import { UNHASHED } from '../checksum.js';
import type { ChecksumColumns } from '../engine.js';
import { buildAggregate, buildPartAggregates } from '../select.js';
import type { ChecksumRequest } from '../session.js';
import type { ChecksumDialect } from '../sql-dialect.js';
import { buildMysqlProbe } from './checksum-probe.js';
import { quoteName, selects } from './dialect.js';

/** How the value of a column goes into the text that is hashed; null for a column that must not. */
export type HashedForm = 'plain' | 'sized' | null;

/**
 * Chooses the form of a column. `plain` values are followed by a comma, which none of them holds: numbers, times, UUIDs.
 * `sized` ones have their length in bytes before them.
 *
 * FLOAT is printed with six digits and JSON in more than one spelling, so neither may be hashed; BIT is a number or bytes,
 * as the server likes.
 */
export function hashedForm({ type, wire }: Column): HashedForm {
  if (wire === 'vector') return null;
  switch (type.kind) {
    case 'int':
    case 'decimal':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
    case 'uuid':
      return 'plain';
    case 'text':
    case 'enum':
    case 'set':
    case 'bytes':
      return 'sized';
    default:
      return null;
  }
}

function findObstacle({ source, target, sameServer }: ChecksumColumns): string | null {
  if (hashedForm(source) === null) return `is ${source.declared}, which servers are not asked to hash`;
  const isAlike = source.type.kind === target.type.kind && declaredType(source) === declaredType(target);
  if (!isAlike) return `is ${source.declared} on the source and ${target.declared} on the target`;
  const [charset, other] = [textTypeOf(source.type)?.charset, textTypeOf(target.type)?.charset];
  if (charset !== other) return 'has another character set on either side';
  if (charset === undefined || charset === 'utf8' || sameServer) return null;
  return `has character set ${charset}, which MySQL and MariaDB may read differently`;
}

/** MariaDB still tells the display width of integers, which is no part of the value unless zeros fill it up. */
function declaredType({ declared }: Column): string {
  const text = declared.toLowerCase();
  return text.includes('zerofill')
    ? text
    : text.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, '$1');
}

/**
 * The hash of a row: the first 64 bits of the SHA-256 of the run's seed and all values, which can be told apart again
 * whatever they hold. Text goes in by its stored bytes.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/encryption-functions.html#function_sha2
 */
export function buildRowHash(columns: readonly Column[], seed: bigint): string {
  const values = [`x'${Buffer.from(`${seed},`).toString('hex')}'`, ...columns.map(buildValue)];
  return `CAST(CONV(LEFT(SHA2(CONCAT(${values.join(', ')}), 256), 16), 16, 10) AS UNSIGNED)`;
}

function buildValue(column: Column): string {
  const name = quoteName(column.name);
  const isBytes = column.type.kind === 'bytes';
  const parts =
    hashedForm(column) === 'sized'
      ? `LENGTH(${name}), ':', ${isBytes ? name : `CAST(${name} AS BINARY)`}`
      : `${name}, ','`;
  return column.nullable ? `IFNULL(CONCAT(${parts}), 'N')` : parts;
}

/** CONCAT of more than `max_allowed_packet` bytes is NULL: such a row must not vanish from the sum. */
function buildChecksum({ columns, seed, ...rows }: ChecksumRequest): string {
  return buildAggregate(selects, rows, buildSums(buildRowHash(columns, seed)));
}

function buildPartChecksums(
  { columns, seed, ...rows }: ChecksumRequest,
  ends: readonly (readonly KeyPart[])[],
): string {
  const rowHash = buildRowHash(columns, seed);
  return buildPartAggregates(selects, rows, { ends, rowHash, aggregates: buildSums('row_hash'), fence: '' });
}

function buildSums(hash: string): string {
  return `COUNT(*) AS row_count, SUM(IFNULL(${hash}, ${UNHASHED})) AS hash_sum`;
}

/** MySQL and MariaDB compute SHA-2 and sums of DECIMAL alike; the probe makes sure of it. */
export const mysqlChecksum: ChecksumDialect = {
  settings: {},
  findObstacle,
  buildChecksum,
  buildPartChecksums,
  buildProbe: (seed) => buildMysqlProbe(seed, buildRowHash),
};
