import type { FindKeysTask, UnfoundRows, UnverifiedChunk } from '../core/chunk.js';
import { formatKeyParts } from '../core/encoding/key-bytes.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { qualifiedName, SIDES, type Side, type TablePair } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { runWithRetries, type TableRun } from './table-run.js';

/** A place in the spool that no rows are put in. */
const NO_SEGMENT = -1;

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
    if (unfound[side].length === 0) continue;
    const task: FindKeysTask = { kind: 'find-keys', pairId: pair.id, side, keys: unfound[side] };
    const result = await runWithRetries(run, { table, segment: NO_SEGMENT }, task);
    if (result.kind === 'unverified') return { kind: 'unknown', result };
    if (result.example === null) continue;
    findings.push(
      describeBroken(run, { pair, side, asked: unfound[side].length, rows: result.rows }, result.example),
    );
  }
  if (findings.length > 0) return { kind: 'broken', findings };
  return unfound.beyond === 0 ? { kind: 'gone' } : { kind: 'unknown', result: tooMany(pair, unfound) };
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
