import type { Finding } from '../core/finding.js';
import {
  type ColumnPair,
  chooseKeyKind,
  chooseLookupKind,
  isLookedUp,
  type KeyColumnPair,
  type Side,
  type TablePair,
} from '../core/pairing.js';
import type { Key, Table } from '../core/schema.js';

/** By what the rows of a table pair are told apart, and how they meet. */
export type KeyChoice = Pick<TablePair, 'strategy' | 'key' | 'unproven' | 'unwalkable'>;

export interface KeyRequest {
  readonly source: Table;
  readonly target: Table;
  readonly pairs: readonly ColumnPair[];
  /** Source columns that the user named, or null. */
  readonly named: readonly string[] | null;
}

/**
 * Chooses the key: the first source key, primary first, by which both sides can be walked; else the first by which rows
 * can be looked up on both sides; else the first that tells rows apart on both; else none, and rows are told apart by
 * their values.
 *
 * Columns that the user named need no index.
 */
export function chooseKey(request: KeyRequest): KeyChoice | Finding {
  const { source, named } = request;
  if (named !== null) {
    const unknown = named.find((name) => !request.pairs.some((pair) => pair.source.name === name));
    if (unknown !== undefined) return unusableKey(request, unknown);
  }
  const candidates =
    named === null ? source.keys : source.keys.filter((key) => sameNames(key.columns, named));
  const reasons: string[] = [];
  for (const key of candidates) {
    const columns = findWalkableColumns(key, request);
    if (typeof columns !== 'string') {
      return { strategy: 'range', key: columns, unproven: [], unwalkable: null };
    }
    reasons.push(`${key.primary ? 'the primary key' : `key ${key.name}`} cannot be walked: ${columns}`);
  }
  const lookups = (named === null ? candidates.map((key) => key.columns) : [named]).flatMap(
    (names) => describeLookup(names, request) ?? [],
  );
  const isAskedFor = ({ key, unproven }: Pick<KeyChoice, 'key' | 'unproven'>): boolean =>
    !unproven.includes('source') || source.keys.some((own) => own.unenforced === true && isOn(own, key));
  const wanted = named === null ? lookups.filter(isAskedFor) : lookups;
  const [best] = [...wanted].sort(
    (one, other) =>
      one.unproven.length - other.unproven.length || Number(isLookedUp(other)) - Number(isLookedUp(one)),
  );
  return {
    ...(best ?? { key: [], unproven: [] }),
    strategy: 'bucket',
    unwalkable:
      reasons.length > 0
        ? reasons.join('; ')
        : `the source has no unique key${named === null ? '' : ` on ${named.join(', ')}, in this order`}`,
  };
}

function findWalkableColumns(key: Key, { target, pairs }: KeyRequest): readonly KeyColumnPair[] | string {
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
  const partners = target.keys.filter((candidate) => sameNames(candidate.columns, names));
  if (partners.length === 0) return `the target has no unique key on ${names.join(', ')}, in this order`;
  const isWalkable = partners.some((candidate) => candidate.ineligible === null);
  return isWalkable ? columns : `on the target ${partners[0]?.ineligible}`;
}

function describeLookup(
  names: readonly string[],
  request: KeyRequest,
): Pick<KeyChoice, 'key' | 'unproven'> | null {
  const { source, target, pairs } = request;
  const columns: KeyColumnPair[] = [];
  for (const name of names) {
    const pair = pairs.find((candidate) => candidate.source.name === name);
    const keyKind = pair === undefined ? null : chooseLookupKind(pair);
    if (pair === undefined || keyKind === null) return null;
    columns.push({ ...pair, keyKind });
  }
  if (columns.length === 0) return null;
  const tables = { source, target } as const;
  const unproven = (['source', 'target'] as const).filter(
    (side: Side) => !isUnique(tables[side], new Set(columns.map((column) => column[side].name))),
  );
  // Whether two rows share a value cannot be asked of every type; an index says that it can, and that none do.
  const isAsked = columns.every(({ keyKind }) => keyKind !== 'exact');
  return unproven.length > 0 && !isAsked ? null : { key: columns, unproven };
}

function isOn(own: Key, key: readonly KeyColumnPair[]): boolean {
  return sameNames(
    own.columns,
    key.map((column) => column.source.name),
  );
}

/** In which order an index has the columns does not matter to what it makes unique. */
function isUnique({ keys }: Table, columns: ReadonlySet<string>): boolean {
  return keys.some(
    (key) =>
      key.unique && key.columns.length === columns.size && key.columns.every((name) => columns.has(name)),
  );
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i]);
}

function unusableKey({ source }: KeyRequest, column: string): Finding {
  const isThere = source.columns.some(({ name }) => name === column);
  return {
    code: 'key-unusable',
    about: {
      table: source.name,
      side: 'source',
      columns: [column],
      detail: isThere ? 'no partner' : 'not there',
    },
    message: `Table ${source.name} was not compared: ${isThere ? `column ${column} of the key has no partner that it can be compared with` : `it has no column ${column}`}.`,
    hint: `Its unique keys: ${source.keys.map((key) => `(${key.columns.join(', ')})`).join(', ') || 'none'}.`,
  };
}
