import { textTypeOf } from '../core/canonical-type.js';
import type { ColumnPair, Side } from '../core/pairing.js';
import type { Column } from '../core/schema.js';
import type { TableSide } from './table-side.js';

/** Types whose encoders depend on nothing but the type. */
const PLAIN_KINDS: ReadonlySet<string> = new Set([
  ...['int', 'boolean', 'decimal', 'float', 'text', 'bytes', 'uuid', 'date', 'time', 'datetime', 'instant'],
]);
/** Character sets that both servers of an engine read alike; of others each server has a table of its own. */
const UNICODE: ReadonlySet<string> = new Set(['utf8', 'utf8mb3', 'utf8mb4']);

/**
 * Says whether the same wire bytes are the same value on both sides of a column pair, so that most values of a differing
 * row need not be encoded: one engine, one type and no rule, which is one encoder. Other bytes prove nothing.
 */
export function sharesWireBytes(
  { source, target, rule }: ColumnPair,
  sides: Readonly<Record<Side, TableSide>>,
): boolean {
  if (sides.source.engine !== sides.target.engine || rule.kind !== 'plain') return false;
  const charset = textTypeOf(source.type)?.charset;
  if (charset !== undefined && !UNICODE.has(charset)) return false;
  return PLAIN_KINDS.has(source.type.kind) && formOf(source) === formOf(target);
}

function formOf({ type, wire, declared }: Column): string {
  return JSON.stringify([type, wire, declared]);
}
