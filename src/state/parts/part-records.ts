import { compareStarts, type KeySpan } from '../../core/coverage.js';
import { ExplainedTally } from '../../core/explained-rows.js';
import type { TableId } from '../../core/pairing.js';
import { addClean, isClean, toLearned } from '../clean-spans.js';
import type { LearnedRecord, ReadSpan } from '../read-span.js';

interface TableRecords {
  clean: Map<string, ReadSpan>;
  rest: LearnedRecord[];
  explained: ExplainedTally;
}

/** Collects what one part of a run learns, for whoever joins the parts: ranges without a difference are joined as they come. */
export class PartRecords {
  readonly #tables = new Map<TableId, TableRecords>();

  add(table: TableId, learned: LearnedRecord): void {
    const known: TableRecords = this.#tables.get(table) ?? {
      clean: new Map(),
      rest: [],
      explained: new ExplainedTally(),
    };
    this.#tables.set(table, known);
    const { record, sitting, atMs } = learned;
    switch (record.kind) {
      case 'started':
      case 'held':
      case 'pass':
      case 'rotated':
      case 'ended':
        return;
      case 'misread':
      case 'restarted':
        known.clean = new Map();
        known.explained = new ExplainedTally();
        known.rest = known.rest.filter(({ record: { kind } }) => kind === 'found' || kind === 'done');
        known.rest.push(learned);
        return;
      case 'compared': {
        const { range, rows, hasher, keys, explained = null, chunks = 1 } = record;
        if (explained !== null) known.explained.add(explained);
        if (range !== null && record.unsettled === undefined && isClean(rows))
          addClean(known.clean, { range, rows, hasher, keys, chunks, sitting, atMs });
        else
          known.rest.push({ ...learned, record: { ...record, stored: null, keys: null, explained: null } });
        return;
      }
      default:
        known.rest.push(learned);
    }
  }

  /**
   * All that counts of a table: its key ranges in their order, so that whoever joins them has one to go on with, then the rest. Why rows
   * differ is told with the first of them, unless values are hidden, which it may show.
   */
  of(table: TableId, showValues: boolean): readonly LearnedRecord[] {
    const known = this.#tables.get(table);
    if (known === undefined) return [];
    const walked = [...[...known.clean.values()].map(toLearned), ...known.rest.filter(hasRange)];
    const rest = known.rest.filter((learned) => !hasRange(learned));
    const all = [...walked.sort((one, other) => compareStarts(startOf(one), startOf(other))), ...rest];
    return showValues ? withExplained(all, known.explained) : all;
  }
}

function withExplained(all: readonly LearnedRecord[], explained: ExplainedTally): readonly LearnedRecord[] {
  const first = all.findIndex(({ record }) => record.kind === 'compared');
  return all.map((learned, at) =>
    at === first && learned.record.kind === 'compared'
      ? { ...learned, record: { ...learned.record, explained: explained.toFacts() } }
      : learned,
  );
}

function hasRange({ record }: LearnedRecord): boolean {
  return record.kind === 'compared' && record.range !== null;
}

function startOf({ record }: LearnedRecord): KeySpan['after'] {
  return record.kind === 'compared' && record.range !== null ? record.range.after : null;
}
