import { findGaps } from '../core/coverage.js';
import type { Finding } from '../core/finding.js';
import { describeSpans } from '../state/describe-span.js';
import { type AgedSpan, ageKeys, agesOf } from '../state/rotation.js';
import { TableProgress } from '../state/table-progress.js';
import type { TableState } from '../state/table-state.js';
import { formatDuration } from '../words/number-text.js';

/** A run that reads a share of the rows in each sitting, what was compared longest ago first. */
export interface Rotation {
  /** How long a sitting may read. */
  readonly maxMs: number;
  /** How old a proof may be; null for any age. */
  readonly proveWithinMs: number | null;
}

interface RotatedTable {
  readonly table: TableState;
  /** What earlier sittings knew of it. */
  readonly before: TableProgress | undefined;
  readonly rotation: Rotation;
  /** Whether it was begun to be read. */
  readonly isBegun: boolean;
  /** Since when the rotation goes on, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

/**
 * Says of a table that was not read to its end how old what is known of the rest is. Returns when the oldest of it was compared, in milliseconds
 * since 1970; null where all was read.
 */
export function noteRotation(rotated: RotatedTable): number | null {
  const { table, before = new TableProgress() } = rotated;
  const { pair } = table.planned;
  if (pair === null || table.isDone) return null;
  table.record({ kind: 'rotated' });
  return pair.strategy === 'bucket' ? noteWhole(rotated, before) : noteRanges(rotated, before);
}

function noteWhole(rotated: RotatedTable, { passes }: TableProgress): number {
  const { table, sinceMs, nowMs, rotation, isBegun } = rotated;
  const { name } = table;
  if (passes.differs)
    table.addFinding(
      late(name, `${name} differed when it was read last, and was not read again`, 'all rows'),
    );
  if (isBegun)
    table.addFinding({
      code: 'pass-cut',
      about: { table: name },
      message: `${name} is read in one pass, for which what was left of --max-runtime was too short: nothing of it was compared this time.`,
      hint: 'Give the run more time, or compare the table in a run of its own.',
    });
  return noteAge({
    table,
    rotation,
    nowMs,
    oldestMs: passes.provedMs ?? sinceMs,
    isNever: passes.provedMs === null,
    where: 'all rows',
  });
}

function noteRanges({ table, sinceMs, nowMs, rotation }: RotatedTable, before: TableProgress): number {
  const { pair } = table.planned;
  if (pair === null) return nowMs;
  const left = before.doubtful.filter(({ range }) => findGaps(table.coverage, range).length > 0);
  if (left.length > 0) {
    const where =
      describeSpans(
        pair,
        left.map(({ range }) => range),
      ) ?? 'all rows';
    table.addFinding(
      late(
        table.name,
        `Rows of ${table.name} differed when they were read last, and were not looked at again: ${where}`,
        where,
      ),
    );
  }
  const now = table.coverage.map((range): AgedSpan => ({ range, seenMs: nowMs, provedMs: nowMs }));
  const ages = ageKeys([...agesOf(before), ...now]);
  const oldestMs = Math.min(...ages.map(({ provedMs }) => provedMs ?? sinceMs));
  const oldest = ages.filter(({ provedMs }) => (provedMs ?? sinceMs) === oldestMs);
  const where =
    describeSpans(
      pair,
      oldest.map(({ range }) => range),
    ) ?? 'all rows';
  return noteAge({
    table,
    rotation,
    nowMs,
    oldestMs,
    isNever: oldest.some(({ provedMs }) => provedMs === null),
    where,
  });
}

interface Age extends Pick<RotatedTable, 'table' | 'rotation' | 'nowMs'> {
  readonly oldestMs: number;
  /** Whether it was never compared since the rotation began. */
  readonly isNever: boolean;
  readonly where: string;
}

function noteAge({ table, rotation, nowMs, oldestMs, isNever, where }: Age): number {
  const age = formatDuration(nowMs - oldestMs);
  const what = isNever ? `not compared yet, ${age} after the rotation began` : `last compared ${age} ago`;
  const { proveWithinMs } = rotation;
  const sentence = `Rows of ${table.name} with ${where} were ${what}`.replace(' with all rows', '');
  if (proveWithinMs !== null && nowMs - oldestMs > proveWithinMs) {
    const limit = formatDuration(proveWithinMs);
    table.addFinding(
      late(
        table.name,
        `${sentence}, which is longer than the ${limit} of --prove-within`,
        `${where}: ${what}`,
      ),
    );
    return oldestMs;
  }
  table.addFinding({
    code: 'rotated',
    about: { table: table.name, detail: `${where}: ${what}` },
    message: `${sentence}; they come first next time.`,
    hint: '',
  });
  return oldestMs;
}

function late(table: string, sentence: string, detail: string): Finding {
  return {
    code: 'rotation-late',
    about: { table, detail },
    message: `${sentence}.`,
    hint: 'Give the run more time with --max-runtime, or run it more often.',
  };
}
