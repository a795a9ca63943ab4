import type { Coverage } from '../core/coverage.js';
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
 * Says of a table that was not read to its end how old what is known of the rest is. Returns when the oldest of what was
 * proved was, in milliseconds since 1970; null where nothing is to be said of it.
 */
export function noteRotation(rotated: RotatedTable): number | null {
  const { table, before = new TableProgress() } = rotated;
  const { pair } = table.planned;
  if (pair === null || table.isDone) return null;
  table.record({ kind: 'rotated' });
  return pair.strategy === 'bucket' ? noteWhole(rotated, before) : noteRanges(rotated, before);
}

function noteWhole(rotated: RotatedTable, { passes }: TableProgress): number | null {
  const { table, sinceMs, nowMs, rotation, isBegun } = rotated;
  const { name } = table;
  const { provedMs, differs } = passes;
  if (differs && table.differences === 0) table.addFinding(stillDiffers(name, 'All of it', 'all rows'));
  if (isBegun)
    table.addFinding({
      code: 'pass-cut',
      about: { table: name },
      message: `${name} is read in one pass, for which what was left of --max-runtime was too short: it was not compared to its end this time.`,
      hint: 'Give the run more time, or compare the table in a run of its own.',
    });
  if (differs) return null;
  const oldestMs = provedMs ?? sinceMs;
  noteAge({ table, rotation, nowMs, oldestMs, isNever: provedMs === null, where: 'all rows' });
  return provedMs;
}

function noteRanges({ table, sinceMs, nowMs, rotation }: RotatedTable, before: TableProgress): number | null {
  const { pair } = table.planned;
  if (pair === null) return null;
  const spell = (spans: Coverage): string => describeSpans(pair, spans, table.showsKeys) ?? 'all rows';
  const now = table.coverage.map((range) => ({ range, seenMs: nowMs, provedMs: nowMs, differs: false }));
  const ages = ageKeys([...agesOf(before), ...now]);
  const rangesOf = (spans: readonly AgedSpan[]): Coverage => spans.map(({ range }) => range);
  const left = spell(rangesOf(ages.filter(({ differs }) => differs)));
  if (ages.some(({ differs }) => differs)) table.addFinding(stillDiffers(table.name, left, left));
  const settled = ages.filter(({ differs }) => !differs);
  const oldestMs = Math.min(nowMs, ...settled.map(({ provedMs }) => provedMs ?? sinceMs));
  const oldest = settled.filter(({ provedMs }) => (provedMs ?? sinceMs) === oldestMs);
  const isNever = oldest.some(({ provedMs }) => provedMs === null);
  if (oldest.length > 0)
    noteAge({ table, rotation, nowMs, oldestMs, isNever, where: spell(rangesOf(oldest)) });
  const proved = settled.flatMap(({ provedMs }) => provedMs ?? []);
  return proved.length === 0 ? null : Math.min(...proved);
}

/** What differed is different until it was read again and was equal. */
function stillDiffers(table: string, where: string, detail: string): Finding {
  return {
    code: 'rotation-differs',
    about: { table, detail },
    message: `${where === 'All of it' ? 'Rows' : `Rows with ${where}`} of ${table} differed when they were read last, and were not read again.`,
    hint: 'Give the run more time with --max-runtime; they come first next time.',
  };
}

/** A turn in which nothing could be read proves nothing, however little was asked of it. */
export function noteVainTurn(tables: readonly TableState[]): void {
  if (tables.some((table) => table.rowsRead > 0 || (table.isDone && table.planned.pair !== null))) return;
  for (const table of tables) {
    if (table.isDone || table.planned.pair === null) continue;
    table.addFinding(
      late(table.name, `No row of any table was read in this turn, nor of ${table.name}`, 'no row was read'),
    );
  }
}

interface Age extends Pick<RotatedTable, 'table' | 'rotation' | 'nowMs'> {
  readonly oldestMs: number;
  /** Whether it was never compared since the rotation began. */
  readonly isNever: boolean;
  readonly where: string;
}

function noteAge({ table, rotation, nowMs, oldestMs, isNever, where }: Age): void {
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
    return;
  }
  table.addFinding({
    code: 'rotated',
    about: { table: table.name, detail: `${where}: ${what}` },
    message: `${sentence}; they come first next time.`,
    hint: '',
  });
}

function late(table: string, sentence: string, detail: string): Finding {
  return {
    code: 'rotation-late',
    about: { table, detail },
    message: `${sentence}.`,
    hint: 'Give the run more time with --max-runtime, or run it more often.',
  };
}
