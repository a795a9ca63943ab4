import type { Finding } from '../core/finding.js';
import { type ColumnPair, chooseKeyKind, type KeyColumnPair } from '../core/pairing.js';
import type { Key, Table } from '../core/schema.js';

export type KeyChoice =
  | { readonly kind: 'walkable'; readonly key: readonly KeyColumnPair[] }
  | { readonly kind: 'none'; readonly finding: Finding };

export interface KeyRequest {
  readonly source: Table;
  readonly target: Table;
  readonly pairs: readonly ColumnPair[];
  /** Source columns that the user named, or null. */
  readonly named: readonly string[] | null;
}

/**
 * Chooses the key by which both sides are walked: the first source key, primary first, whose columns have partners that
 * form an eligible key of the target in the same order, and that both sides sort alike.
 */
export function chooseKey(request: KeyRequest): KeyChoice {
  const { source, named } = request;
  const candidates =
    named === null ? source.keys : source.keys.filter((key) => sameNames(key.columns, named));
  const reasons: string[] = [];
  for (const key of candidates) {
    const attempt = tryKey(key, request);
    if (typeof attempt !== 'string') return { kind: 'walkable', key: attempt };
    reasons.push(`${key.primary ? 'the primary key' : `key ${key.name}`} cannot be used: ${attempt}`);
  }
  return { kind: 'none', finding: noKeyFinding(request, reasons) };
}

function tryKey(key: Key, { source, target, pairs }: KeyRequest): readonly KeyColumnPair[] | string {
  if (key.ineligible !== null) return key.ineligible;
  const columns: KeyColumnPair[] = [];
  for (const name of key.columns) {
    const pair = pairs.find((candidate) => candidate.source.name === name);
    if (pair === undefined) return `column ${name} has no comparable partner`;
    const choice = chooseKeyKind(pair);
    if ('reason' in choice) return choice.reason;
    columns.push({ ...pair, keyKind: choice.keyKind });
  }
  const names = columns.map((column) => column.target.name);
  const partner = target.keys.filter((candidate) => sameNames(candidate.columns, names));
  if (partner.length === 0) return `the target has no unique key on ${names.join(', ')}, in this order`;
  if (partner.every((candidate) => candidate.ineligible !== null))
    return `on the target ${partner[0]?.ineligible}`;
  return columns.length === 0 ? `table ${source.name} has a key without columns` : columns;
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i]);
}

function noKeyFinding({ source, named }: KeyRequest, reasons: readonly string[]): Finding {
  if (named !== null && reasons.length === 0) {
    return {
      code: 'key-unusable',
      message: `Table ${source.name} was not compared: it has no unique key on ${named.join(', ')}, in this order.`,
      hint: `Its unique keys: ${source.keys.map((key) => `(${key.columns.join(', ')})`).join(', ') || 'none'}.`,
    };
  }
  const why = reasons.length === 0 ? 'it has no primary key and no unique key' : reasons.join('; ');
  return {
    code: 'strategy-unavailable',
    message: `Table ${source.name} was not compared: ${why}. Comparing it needs the bucket strategy, which this version does not have.`,
    hint: 'Add a unique key of numbers, dates, UUIDs, bytes or code-point text that both sides share.',
  };
}
