import type { FindKeysTask, LookTask, UnfoundRows, UnverifiedChunk } from '../core/chunk.js';
import { formatKeyParts, readKeyParts } from '../core/encoding/key-bytes.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { KeyPacker, type PackedKeys } from '../core/packed-keys.js';
import { qualifiedName, SIDES, type Side, type TablePair } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { runWithRetries, type TableRun } from './table-run.js';

/** A place in the spool that no rows are put in. */
const NO_SEGMENT = -1;
/** A row that comes and goes is missed by its key, and met by the scan, in about every fourth round. */
const SCANS_BESIDE_WRITERS = 8;

/** Whether rows that were not found by key are gone, or an index is broken, or nothing is known. */
export type UnfoundVerdict =
  | { readonly kind: 'gone' }
  | { readonly kind: 'broken'; readonly findings: readonly Finding[] }
  | { readonly kind: 'unknown'; readonly result: UnverifiedChunk };

/** Looks on each side for the rows that it did not find by key, without its indexes. */
export async function settleUnfound(
  run: TableRun,
  table: TableState,
  { pair, unfound }: { readonly pair: TablePair; readonly unfound: UnfoundRows },
): Promise<UnfoundVerdict> {
  const findings: Finding[] = [];
  for (const side of SIDES) {
    const missed = await findMissed(run, table, { pair, side, keys: unfound[side] });
    if (missed.kind === 'unverified') return { kind: 'unknown', result: missed };
    const [example] = missed.keys;
    if (example === undefined) continue;
    const broken = { pair, side, asked: unfound[side].length, rows: missed.keys.length };
    findings.push(describeBroken(run, broken, readParts(pair, example)));
  }
  if (findings.length > 0) return { kind: 'broken', findings };
  return unfound.beyond === 0 ? { kind: 'gone' } : { kind: 'unknown', result: tooMany(pair, unfound) };
}

interface AskedKeys {
  readonly pair: TablePair;
  readonly side: Side;
  readonly keys: readonly Uint8Array[];
}

/**
 * Which keys an index does not find although their rows are there. A row that was deleted may come back between the look by its
 * key and the scan; so it is asked for by its key again after each scan, and more often where somebody writes.
 */
async function findMissed(
  run: TableRun,
  table: TableState,
  { pair, side, keys }: AskedKeys,
): Promise<{ readonly kind: 'missed'; readonly keys: readonly Uint8Array[] } | UnverifiedChunk> {
  const place = { table, segment: NO_SEGMENT };
  let left = keys;
  const scans = (await run.looks?.mustHold(table)) === true ? SCANS_BESIDE_WRITERS : 1;
  for (let scan = 0; scan < scans && left.length > 0; scan++) {
    const find: FindKeysTask = { kind: 'find-keys', pairId: pair.id, side, keys: left };
    const found = await runWithRetries(run, place, find);
    if (found.kind === 'unverified') return found;
    if (found.keys.length === 0) return { kind: 'missed', keys: [] };
    const look: LookTask = {
      ...{ kind: 'look', pairId: pair.id, sides: [side], fence: null, limitMs: 0 },
      keys: packKeys(found.keys),
    };
    const looked = await runWithRetries(run, place, look);
    if (looked.kind === 'unverified') return looked;
    left = found.keys.filter((_, at) => looked.states[0]?.present[at] === 0);
  }
  return { kind: 'missed', keys: left };
}

function packKeys(keys: readonly Uint8Array[]): PackedKeys {
  const packer = new KeyPacker();
  for (const key of keys) packer.add({ source: key, target: key, wireBytes: 0 });
  return packer.take();
}

function readParts({ key }: TablePair, bytes: Uint8Array): ReturnType<typeof readKeyParts> {
  return readKeyParts(
    key.map((column) => column.keyKind),
    Buffer.from(bytes),
  );
}

interface BrokenIndex {
  readonly pair: TablePair;
  readonly side: Side;
  readonly asked: number;
  readonly rows: number;
}

function describeBroken(
  { sides, showsKeys }: TableRun,
  { pair, side, asked, rows }: BrokenIndex,
  example: Parameters<typeof formatKeyParts>[0],
): Finding {
  const names = pair.key.map((column) => column[side].name);
  const index = indexName(pair, side) ?? names.join(', ');
  const such = showsKeys ? `, such as ${names.join(', ')} = ${formatKeyParts(example)}` : '';
  return {
    code: 'index-broken',
    about: {
      table: qualifiedName(pair[side]),
      side,
      columns: names,
      detail: `${index}: ${rows} of ${asked}`,
    },
    message: `Index ${index} of ${qualifiedName(pair[side])} on the ${side} is broken: of ${formatCounted(asked, 'row')} that ${asked === 1 ? 'was' : 'were'} there and that it did not find by key, a scan without it found ${formatCount(rows)}${such}. Rows were compared without it.`,
    hint: sides[side].engine.adviseRebuild(pair[side], index),
  };
}

/** The index of a side that tells rows apart by the key; the primary key comes first in a catalog. */
export function indexName(pair: TablePair, side: Side): string | null {
  const names = new Set(pair.key.map((column) => column[side].name));
  const found = pair[side].keys.find(
    ({ columns }) => columns.length === names.size && columns.every((name) => names.has(name)),
  );
  return found?.name ?? null;
}

function tooMany(pair: TablePair, { source, target, beyond }: UnfoundRows): UnverifiedChunk {
  const rows = source.length + target.length + beyond;
  const error = new RowproofError({
    code: 'key-order',
    message: `${formatCounted(rows, 'row')} of ${qualifiedName(pair.target)} ${rows === 1 ? 'was' : 'were'} there when read first and not found by key afterwards: too many to say whether somebody deleted them meanwhile or an index is broken.`,
    hint: 'Run again while fewer rows are deleted, or check the indexes of the key on both sides.',
  });
  return { kind: 'unverified', error: serializeError(error), transient: false };
}
