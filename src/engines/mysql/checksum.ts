import { textTypeOf } from '../../core/canonical-type.js';
import type { KeyPart } from '../../core/encoding/key-bytes.js';
import type { Column } from '../../core/schema.js';
import { UNHASHED } from '../checksum.js';
import type { ChecksumColumns } from '../engine.js';
import { buildAggregate, buildPartAggregates } from '../select.js';
import type { ChecksumRequest } from '../session.js';
import type { ChecksumDialect } from '../sql-dialect.js';
import { buildMysqlProbe } from './checksum-probe.js';
import { hashedForm } from './checksum-types.js';
import { quoteName, selects } from './dialect.js';
import { selectTypedJson } from './typed-json.js';

function findObstacle({ source, target, sameServer }: ChecksumColumns): string | null {
  const form = hashedForm(source);
  if (form === null) return `is ${source.declared}, which servers are not asked to hash`;
  if (source.type.kind !== target.type.kind || (!isLabelled(source) && !areDeclaredAlike(source, target)))
    return `is ${source.declared} on the source and ${target.declared} on the target`;
  if (form === 'shape' && !sameServer)
    return `is ${source.declared}, of which MySQL and MariaDB may keep other bytes`;
  const [charset, other] = [textTypeOf(source.type)?.charset, textTypeOf(target.type)?.charset];
  if (charset !== other) return 'has another character set on either side';
  if (charset === undefined || charset === 'utf8' || sameServer) return null;
  return `has character set ${charset}, which MySQL and MariaDB may read differently`;
}

/** Labels are hashed and not their numbers, so that it does not matter which others there are, and in which order. */
function isLabelled({ type }: Column): boolean {
  return type.kind === 'enum' || type.kind === 'set';
}

function areDeclaredAlike(source: Column, target: Column): boolean {
  return declaredType(source) === declaredType(target);
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

/** Whether a value is NULL is asked of the column: a CONCAT of more than `max_allowed_packet` bytes is NULL too. */
function buildValue(column: Column): string {
  const parts = buildParts(column);
  return column.nullable ? `IF(${quoteName(column.name)} IS NULL, 'N', CONCAT(${parts}))` : parts;
}

function buildParts(column: Column): string {
  const name = quoteName(column.name);
  switch (hashedForm(column)) {
    case 'sized':
      return `LENGTH(${name}), ':', ${column.type.kind === 'bytes' ? name : `CAST(${name} AS BINARY)`}`;
    case 'shape':
      return `LENGTH(${name}), ':', CAST(${name} AS BINARY)`;
    case 'number':
      return `CAST(${name} AS UNSIGNED), ','`;
    case 'float':
      return `${buildFloat(name)}, ','`;
    case 'document':
      return `SHA2(${selectTypedJson(name)}, 256), ','`;
    default:
      return `${name}, ','`;
  }
}

/**
 * A floating-point number as text, if reading the text makes that number again, and NULL if not: MySQL prints 22 characters at the
 * most, which are too few for all digits of -1.2345678901234568e-10. A FLOAT is made a DOUBLE first, because its own text has six digits.
 */
function buildFloat(name: string): string {
  const text = `CONCAT(${name} + 0e0)`;
  return `IF(${text} + 0e0 = ${name} + 0e0, ${text}, NULL)`;
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
