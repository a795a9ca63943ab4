import type { UnverifiedChunk } from '../core/chunk.js';
import type { KeyKind } from '../core/encoding/key-bytes.js';
import { comparedColumns, type TablePair } from '../core/pairing.js';
import { chooseKey, type KeyChoice } from './key-choice.js';

/** Kinds of key values that have a place in the order whatever the column holds, or all but broken text. */
const DEPENDABLE: readonly KeyKind[] = ['int', 'decimal', 'time', 'bytes', 'text'];

/** A name that means nothing else to a shell or to `--key`. */
const PLAIN_NAME = /^\w+$/;

/**
 * Adds what to do about a key that cannot be walked, because it holds a value without a place in the order, to a failure
 * that says nothing of it: whoever read the row does not know what else tells rows of its table apart.
 */
export function withKeyAdvice(result: UnverifiedChunk, pair: TablePair | null): UnverifiedChunk {
  const { error } = result;
  if (error.code !== 'key-order' || error.hint !== '' || pair === null) return result;
  return { ...result, error: { ...error, hint: adviseKey(pair) } };
}

function adviseKey(pair: TablePair): string {
  const own = findOtherKey(pair);
  if (own !== null) return `Tell rows apart by another unique key: ${spellKey(pair, own)}.`;
  const whole = isComparedWhole(pair) ? findUnwalkedNames(pair) : null;
  if (whole !== null)
    return `No other unique key serves: have rows compared by all of their values with ${spellKey(pair, whole)}.`;
  return `Leave the rows with such values out with --where ${spellTable(pair)}:CONDITION, or all of the table with --exclude.`;
}

/** A unique key of both sides that shares no doubtful column with the one that failed, and has none of its own. */
function findOtherKey(pair: TablePair): readonly string[] | null {
  const doubtful = pair.key.filter(({ keyKind }) => !DEPENDABLE.includes(keyKind));
  const avoided = new Set((doubtful.length > 0 ? doubtful : pair.key).map(({ source }) => source.name));
  const found = pair.source.keys.find(({ unique, columns }) => {
    if (!unique || columns.some((name) => avoided.has(name))) return false;
    const choice = chooseByName(pair, columns);
    return (
      choice !== null &&
      choice.key.length > 0 &&
      choice.unproven.length === 0 &&
      choice.key.every(({ keyKind }) => DEPENDABLE.includes(keyKind))
    );
  });
  return found?.columns ?? null;
}

/** Columns that are no key together, or not in this order, so that rows named by them are not walked. */
function findUnwalkedNames(pair: TablePair): readonly string[] | null {
  const key = pair.key.map(({ source }) => source.name);
  const wanted = [...pair.columns.map(({ source }) => [...key, source.name]), key.toReversed()];
  return wanted.find((names) => chooseByName(pair, names)?.strategy === 'bucket') ?? null;
}

/** Without a key, what differs must be a difference by itself. */
function isComparedWhole(pair: TablePair): boolean {
  return comparedColumns(pair).every(
    ({ canonical, rule }) => canonical !== 'wire' && (rule.kind === 'plain' || rule.tolerance === null),
  );
}

function chooseByName(pair: TablePair, named: readonly string[]): KeyChoice | null {
  const { source, target } = pair;
  const choice = chooseKey({ source, target, pairs: comparedColumns(pair), named });
  return 'strategy' in choice ? choice : null;
}

function spellKey(pair: TablePair, names: readonly string[]): string {
  return [pair.source.name, ...names].every((name) => PLAIN_NAME.test(name))
    ? `--key ${pair.source.name}:${names.join(',')}`
    : `--key on the columns ${names.join(', ')}, in this order`;
}

function spellTable({ source: { name } }: TablePair): string {
  return PLAIN_NAME.test(name) ? name : 'TABLE';
}
