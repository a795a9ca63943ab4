import type { ComparePartitionTask } from '../core/bucket.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { SIDES, type Side } from '../core/pairing.js';
import { type DifferingKeys, findDifferingKeys, type KeyedFile } from './compare-keyed.js';
import { type EntryFilter, entryOf } from './entry-filter.js';
import { PartitionFile } from './partition-files.js';
import type { KeysStep } from './plan-rereads.js';
import type { RowBatches } from './row-splitter.js';
import type { RereadRow } from './step-rows.js';
import type { TableSide } from './table-side.js';

/**
 * The files of a partition whose rows have a key. They hold the key bytes of each row, by which it is looked up again; or
 * the whole row, where it cannot be: a type without a literal, or an index that is not to be trusted. What differs then
 * is what the two scans returned.
 */
export class KeyedPartition {
  readonly #task: ComparePartitionTask;
  readonly #files: Readonly<Record<Side, KeyedFile>>;

  constructor(task: ComparePartitionTask, sides: Readonly<Record<Side, TableSide>>) {
    this.#task = task;
    this.#files = {
      source: openFile(task, sides.source),
      target: openFile(task, sides.target),
    };
  }

  findDifferingKeys(): DifferingKeys[] {
    return findDifferingKeys(this.#files, this.#task);
  }

  /** The differing rows of files that hold whole rows, as far as the filter keeps them. */
  *listRows(filter: EntryFilter): Generator<RereadRow> {
    for (const { source, target, wireBytes, kept } of this.findDifferingKeys()) {
      const key = source ?? target;
      if (key === null || !filter.keeps(entryOfKept(kept), 1)) continue;
      const seen = source === null ? 'target' : target === null ? 'source' : 'both';
      yield { source: key, target: key, wireBytes, seen, kept };
    }
  }

  /** Puts whole rows into their places. */
  readKept({ rows }: KeysStep, batches: RowBatches): void {
    for (const side of SIDES) {
      const { file } = this.#files[side];
      batches[side].reset(rows.length);
      for (const [place, { kept }] of rows.entries()) {
        const row = kept?.[side] ?? null;
        if (row === null) continue;
        const buffer = file.read(row.at, row.bytes);
        batches[side].keep(place, { buffer, start: 0, end: buffer.length });
      }
    }
  }

  close(): void {
    for (const side of SIDES) this.#files[side].file.close();
  }
}

function openFile(task: ComparePartitionTask, { side, reader }: TableSide): KeyedFile {
  const file = PartitionFile.open(task, side);
  if (!task.withRows) return { file, keyOf: (payload) => payload };
  const sink = new ByteSink();
  const keyOf = (payload: Buffer): Buffer => {
    sink.reset();
    reader.readKey({ buffer: payload, offset: 0, end: payload.length }, sink);
    return sink.toBuffer();
  };
  return { file, keyOf };
}

/** What stands for two rows with one key, or for one without a partner. */
function entryOfKept(kept: DifferingKeys['kept']): bigint {
  const [source, target] = [kept?.source ?? null, kept?.target ?? null];
  const has = Number(source !== null) + 2 * Number(target !== null);
  return entryOf(source?.rowHash ?? 0n, { source: target?.rowHash ?? 0n, target: has });
}
