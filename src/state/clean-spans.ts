import { NONE_UNFOUND } from '../core/chunk.js';
import type { KeySpan } from '../core/coverage.js';
import { stringifyExact } from '../core/exact-json.js';
import type { LearnedRecord, ReadSpan } from './read-span.js';
import type { ComparedRows, TableRecord } from './table-record.js';

/** Whether no row of a range differs, and none is undecided. */
export function isClean({ counts, undecidedColumns }: ComparedRows): boolean {
  return counts.missing + counts.extra + counts.changed === 0 && Object.keys(undecidedColumns).length === 0;
}

/** A text that is the same for the same range only. */
export function nameOf({ after, upTo }: KeySpan): string {
  return stringifyExact([after, upTo]);
}

/**
 * Takes in a range without a difference: where it follows on one of the same sitting it is joined with it, so that there are
 * few however large a table is. `spans` has each by where it ends.
 */
export function addClean(spans: Map<string, ReadSpan>, span: ReadSpan): void {
  const nameEnd = (bound: KeySpan['upTo']): string => stringifyExact([span.sitting, span.hasher, bound]);
  const before = span.range.after === null ? undefined : spans.get(nameEnd(span.range.after));
  if (before === undefined) {
    spans.set(nameEnd(span.range.upTo), span);
    return;
  }
  spans.delete(nameEnd(span.range.after));
  spans.set(nameEnd(span.range.upTo), join(before, span));
}

function join(before: ReadSpan, span: ReadSpan): ReadSpan {
  const [one, other] = [before.rows, span.rows];
  return {
    ...before,
    range: { after: before.range.after, upTo: span.range.upTo },
    atMs: Math.min(before.atMs, span.atMs),
    chunks: before.chunks + span.chunks,
    rows: {
      ...one,
      sourceRows: one.sourceRows + other.sourceRows,
      targetRows: one.targetRows + other.targetRows,
      counts: { ...one.counts, inFlight: one.counts.inFlight + other.counts.inFlight },
    },
  };
}

/** A range as the record that says it. */
export function toLearned({ range, hasher, rows, chunks, keys, sitting, atMs }: ReadSpan): LearnedRecord {
  const record: TableRecord = {
    ...{ kind: 'compared', part: 0, range, hasher, rows, keys, chunks },
    unfound: NONE_UNFOUND,
    stored: null,
  };
  return { record, sitting, atMs };
}
