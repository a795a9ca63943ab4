import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Finding } from '../core/finding.js';
import { damageBound, isDrawn } from '../core/sampling.js';
import type { RowHash } from '../hashing/row-hash.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { type KeySource, openKeyReader } from './key-reader.js';
import type { Segment } from './planner.js';

/** Source rows of a chunk of the sample: small, so that a share of the table is many places in it. */
const SPOT_CHUNK_ROWS = 500;

/**
 * The share of so many rows that a sample reads: the first and the last chunk are always in it, and of the others the share
 * that was asked for.
 */
export function expectedShare(rows: number, ratio: number): number {
  const always = Math.min(rows, 2 * SPOT_CHUNK_ROWS);
  return rows === 0 ? 1 : (always + (rows - always) * ratio) / rows;
}

export interface SpotRequest extends KeySource {
  readonly ratio: number;
  /** Where an earlier walk over the table ended; null for its beginning. */
  readonly from: {
    readonly after: Segment['upTo'];
    readonly bytes: Uint8Array;
    readonly share: SpotShare;
  } | null;
  /** The hash with the run's seed: the same seed and the same keys draw the same chunks. */
  readonly hash: RowHash;
}

/** What was drawn of a table. */
export interface SpotShare {
  readonly totalChunks: number;
  readonly drawnChunks: number;
  /** Those of them that chance drew: the first and the last are always taken. */
  readonly randomChunks: number;
}

/** A chunk of the sample, what was drawn with it, and the key bytes of where it ends. */
export interface DrawnSegment {
  readonly segment: Segment;
  readonly share: SpotShare;
  readonly end: Uint8Array | null;
}

/**
 * Cuts the source's keys into chunks of a fixed number of rows and draws a share of them, always with the first and the
 * last. A chunk is a range of keys, open at both ends of the table, and is read on both sides: rows that only the
 * target has are in it too.
 *
 * The walk reads one key a chunk, from the index alone.
 */
export async function* drawSegments(request: SpotRequest): AsyncGenerator<DrawnSegment, SpotShare> {
  const readKey = await openKeyReader(request);
  const { from } = request;
  const share = { totalChunks: 0, drawnChunks: 0, randomChunks: 0, ...from?.share };
  let after: readonly KeyPart[] | null = from?.after ?? null;
  let afterBytes: Buffer | null = from === null ? null : Buffer.from(from.bytes);
  for (;;) {
    const range = { after, upTo: null };
    const bound = await readKey({ range, limit: 1, offset: SPOT_CHUNK_ROWS - 1 });
    const drawnByChance =
      afterBytes !== null &&
      bound !== null &&
      isDrawn(request.hash(afterBytes, afterBytes.length), request.ratio);
    share.totalChunks++;
    if (drawnByChance) share.randomChunks++;
    if (drawnByChance || afterBytes === null || bound === null) {
      const segment = { ordinal: share.drawnChunks++, after, upTo: bound?.parts ?? null };
      yield { segment, share: { ...share }, end: bound?.bytes ?? null };
    }
    if (bound === null) return share;
    after = bound.parts;
    afterBytes = bound.bytes;
  }
}

/** Says how much was read and what that proves, and no more. */
export function describeShare(share: SpotShare, differences: number): Finding {
  const { totalChunks, drawnChunks } = share;
  const percent = formatPercent(drawnChunks / totalChunks);
  const read = `Read ${formatCount(drawnChunks)} of ${formatCounted(totalChunks, 'chunk')} of up to ${SPOT_CHUNK_ROWS} source rows (${percent}).`;
  return { code: 'sampled-share', message: `${read} ${describeBound(share, differences)}`, hint: '' };
}

function describeBound({ totalChunks, drawnChunks, randomChunks }: SpotShare, differences: number): string {
  if (drawnChunks === totalChunks)
    return 'That is all of the table in this run; only full mode calls it verified.';
  if (differences > 0) return 'Rows outside them were not looked at and may differ too.';
  const bound = damageBound(randomChunks);
  if (bound === null)
    return `Only ${formatCount(randomChunks)} ${randomChunks === 1 ? 'was' : 'were'} drawn at random: too few to say anything about the others.`;
  return `None of the ${formatCount(randomChunks)} drawn at random holds damage, so fewer than ${formatPercent(bound)} of all chunks do (95% confidence).`;
}

function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 1)}%`;
}
