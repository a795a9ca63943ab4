import { appendFileSync, closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparePartitionTask } from '../core/bucket.js';
import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';

/** A row of a partition file: its hash, the size it had on the wire, and its sort key and payload. */
export interface SpilledRow {
  readonly rowHash: bigint;
  readonly wireBytes: number;
  readonly sortKey: Buffer;
  /** The key bytes of a row that is looked up by them, else the wire row. Null unless it was asked for. */
  readonly payload: Buffer | null;
  /** Where the payload begins in the file. */
  readonly payloadAt: number;
  readonly payloadBytes: number;
}

/** Row hash, wire bytes, length of the sort key, length of the payload. */
const HEADER_BYTES = 20;
/** Bytes that are put together before they are appended to a partition's file. */
const FLUSH_BYTES = 32_768;

/** Where the rows of a side that fall into a partition are kept. */
export function partitionPath(folder: string, side: Side, partition: number): string {
  return join(folder, `${side}.${partition}`);
}

/**
 * Writes rows into one file a partition. A file is opened for each piece that is appended, because there may be more
 * partitions than a process may have files open.
 */
export class PartitionWriter {
  readonly #folder: string;
  readonly #side: Side;
  readonly #buffers: { bytes: Buffer; length: number }[];
  /** How many rows each partition was given. */
  readonly rows: number[];

  constructor({ folder, side, partitions }: { folder: string; side: Side; partitions: number }) {
    this.#folder = folder;
    this.#side = side;
    this.rows = Array.from({ length: partitions }, () => 0);
    this.#buffers = Array.from({ length: partitions }, () => ({ bytes: Buffer.alloc(0), length: 0 }));
    for (let partition = 0; partition < partitions; partition++) {
      rmSync(partitionPath(folder, side, partition), { force: true });
    }
  }

  write(
    partition: number,
    row: { rowHash: bigint; wireBytes: number; sortKey: Uint8Array; payload: Uint8Array },
  ): void {
    const { rowHash, wireBytes, sortKey, payload } = row;
    this.rows[partition] = (this.rows[partition] ?? 0) + 1;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeBigUInt64LE(rowHash, 0);
    header.writeUInt32LE(wireBytes, 8);
    header.writeUInt32LE(sortKey.length, 12);
    header.writeUInt32LE(payload.length, 16);
    this.#append(partition, header);
    this.#append(partition, sortKey);
    this.#append(partition, payload);
  }

  /** Writes what is left. */
  finish(): void {
    for (const partition of this.#buffers.keys()) this.#flush(partition);
  }

  #append(partition: number, bytes: Uint8Array): void {
    const buffer = this.#buffers[partition];
    if (buffer === undefined) return;
    if (buffer.length + bytes.length > FLUSH_BYTES) this.#flush(partition);
    if (bytes.length > FLUSH_BYTES) {
      this.#appendToFile(partition, bytes);
      return;
    }
    if (buffer.bytes.length === 0) buffer.bytes = Buffer.allocUnsafeSlow(FLUSH_BYTES);
    buffer.bytes.set(bytes, buffer.length);
    buffer.length += bytes.length;
  }

  #flush(partition: number): void {
    const buffer = this.#buffers[partition];
    if (buffer === undefined || buffer.length === 0) return;
    this.#appendToFile(partition, buffer.bytes.subarray(0, buffer.length));
    buffer.length = 0;
  }

  #appendToFile(partition: number, bytes: Uint8Array): void {
    try {
      appendFileSync(partitionPath(this.#folder, this.#side, partition), bytes, { mode: 0o600 });
    } catch (error) {
      throw new RowproofError({
        code: 'output',
        message: `Cannot keep differing rows in a temporary file: ${error instanceof Error ? error.message : error}`,
        hint: 'Make room in the folder for temporary files, or name another one with TMPDIR.',
        cause: error,
      });
    }
  }
}

/** Reads the files of a partition; payloads only where they are wanted, because a row may have many megabytes. */
export class PartitionFile {
  readonly #descriptor: number | null;
  readonly #expectedRows: number;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  private constructor(descriptor: number | null, expectedRows: number) {
    this.#descriptor = descriptor;
    this.#expectedRows = expectedRows;
  }

  /** Opens a side's file; no row of the side may have fallen into the partition, and then there is none. */
  static open({ folder, partition, rows }: ComparePartitionTask, side: Side): PartitionFile {
    try {
      return new PartitionFile(openSync(partitionPath(folder, side, partition), 'r'), rows[side]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new PartitionFile(null, rows[side]);
      throw error;
    }
  }

  /**
   * Reads all rows in the order in which they were written. A file that somebody emptied or deleted meanwhile would make
   * rows that differ look as if there were none, so the end of a file counts only after as many rows as were written.
   */
  *rows({ withPayload }: { withPayload: boolean }): Generator<SpilledRow> {
    let at = 0;
    for (let row = 0; row < this.#expectedRows; row++) {
      const header = this.read(at, HEADER_BYTES);
      const rowHash = header.readBigUInt64LE(0);
      const wireBytes = header.readUInt32LE(8);
      const sortKeyBytes = header.readUInt32LE(12);
      const payloadBytes = header.readUInt32LE(16);
      const sortKeyAt = at + HEADER_BYTES;
      const payloadAt = sortKeyAt + sortKeyBytes;
      const sortKey = this.#copy(sortKeyAt, sortKeyBytes);
      const payload = withPayload ? this.#copy(payloadAt, payloadBytes) : null;
      yield { rowHash, wireBytes, sortKey, payload, payloadAt, payloadBytes };
      at = payloadAt + payloadBytes;
    }
  }

  /** Reads bytes that stay valid until the next read; throws where the file does not hold them. */
  read(at: number, length: number): Buffer {
    const isInside = at >= this.#windowAt && at + length <= this.#windowAt + this.#window.length;
    if (!isInside) this.#load(at, length);
    const from = at - this.#windowAt;
    if (from + length > this.#window.length) throw incompleteFile();
    return this.#window.subarray(from, from + length);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }

  #copy(at: number, length: number): Buffer {
    return Buffer.from(this.read(at, length));
  }

  #load(at: number, length: number): void {
    if (this.#descriptor === null) throw incompleteFile();
    const window = Buffer.allocUnsafeSlow(Math.max(length, WINDOW_BYTES));
    let filled = 0;
    while (filled < window.length) {
      const count = readSync(this.#descriptor, window, filled, window.length - filled, at + filled);
      if (count === 0) break;
      filled += count;
    }
    this.#window = window.subarray(0, filled);
    this.#windowAt = at;
  }
}

const WINDOW_BYTES = 256 << 10;

function incompleteFile(): RowproofError {
  return new RowproofError({
    code: 'output',
    message: 'A temporary file does not hold the rows that were written to it.',
    hint: 'Keep other programs from cleaning the folder for temporary files, or name another one with TMPDIR.',
  });
}
