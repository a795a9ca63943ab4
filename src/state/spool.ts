import { rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { StoredRow } from '../core/difference.js';
import { RowproofError } from '../core/errors.js';
import type { TableId } from '../core/pairing.js';
import { markOfProcess, sweepLeft } from './left-files.js';
import type { StoredRows } from './table-record.js';
import { wholeLines } from './whole-lines.js';

/** How the folders of runs begin. */
const PREFIX = 'rowproof-';
/** How much of a file is read, and parsed, at once. */
const READ_BYTES = 64 << 10;

/** Where the differences of one segment are kept. Chunks of a segment follow each other in key order. */
interface SegmentFile {
  readonly path: string;
  /** Null once the segment is done, so that a run of many tables does not run out of file handles. */
  handle: FileHandle | null;
  written: number;
  committed: number;
}

/** The folders that a process which ends at once would leave behind, with rows of the user in them. */
const openFolders = new Set<string>();

function removeOpenFolders(): void {
  for (const folder of openFolders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * The private files in which a run keeps differing rows until they are reported: one file a segment, so that reading
 * the files of a table in the order of its segments gives key order without sorting.
 *
 * A chunk's rows count only once the chunk is committed: one that fails half-way, and is tried again, must not leave
 * its rows twice.
 */
export class Spool {
  readonly #folder: string;
  readonly #files = new Map<string, SegmentFile>();
  #made = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    if (openFolders.size === 0) process.on('exit', removeOpenFolders);
    openFolders.add(folder);
  }

  /** Makes a folder that only this user can read: the rows in it are the user's data. */
  static async create(parentFolder: string): Promise<Spool> {
    try {
      sweepLeft(parentFolder, PREFIX);
      return new Spool(await mkdtemp(join(parentFolder, `${PREFIX}${markOfProcess()}-`)));
    } catch (error) {
      throw new RowproofError({
        code: 'output',
        message: `Cannot make a folder for temporary files in ${parentFolder}: ${error instanceof Error ? error.message : error}.`,
        hint: 'Name a folder that exists and that you may write to with TMPDIR.',
        cause: error,
      });
    }
  }

  /** Appends rows, as lines of JSON, of the chunk that a segment is at. */
  async append(table: TableId, segment: number, lines: Uint8Array): Promise<void> {
    const file = await this.#fileOf(table, segment);
    if (file.handle !== null) await writeAll(file.handle, lines, file.written);
    file.written += lines.length;
  }

  /** Keeps what the chunk appended, and returns where it lies; null where it appended nothing. */
  commit(table: TableId, segment: number): StoredRows | null {
    const file = this.#files.get(`${table}.${segment}`);
    if (file === undefined || file.written === file.committed) return null;
    const start = file.committed;
    file.committed = file.written;
    return { part: segment, start, end: file.committed };
  }

  /** Forgets what the chunk appended since the last commit. */
  async rollback(table: TableId, segment: number): Promise<void> {
    const file = this.#files.get(`${table}.${segment}`);
    if (file === undefined || file.written === file.committed) return;
    await file.handle?.truncate(file.committed);
    file.written = file.committed;
  }

  /** Takes in a file of rows that another process wrote, as a part of a table; it is only read. */
  adopt(
    table: TableId,
    part: number,
    { path, bytes }: { readonly path: string; readonly bytes: number },
  ): void {
    this.#files.set(`${table}.${part}`, { path, handle: null, written: bytes, committed: bytes });
  }

  /** Reads rows of a table that were kept as the lines that they are. */
  async *readLines(table: TableId, stored: readonly StoredRows[]): AsyncGenerator<Uint8Array> {
    for (const { part, start, end } of stored) {
      const file = this.#files.get(`${table}.${part}`);
      if (file !== undefined) yield* readBytes(file.path, start, end);
    }
  }

  /** Says that a segment has no more chunks. */
  async seal(table: TableId, segment: number): Promise<void> {
    const file = this.#files.get(`${table}.${segment}`);
    if (file === undefined) return;
    await file.handle?.close();
    file.handle = null;
  }

  /** Forgets all rows of a table, which is compared once more from its beginning. */
  async discard(table: TableId): Promise<void> {
    for (const [name, file] of [...this.#files]) {
      if (!name.startsWith(`${table}.`)) continue;
      this.#files.delete(name);
      await file.handle?.close();
      await rm(file.path, { force: true });
    }
  }

  /**
   * Reads rows of a table that were kept, in the order in which it is said where they lie. Rows that took more than
   * `mostCharacters` are passed over without being put together.
   */
  async *read(
    table: TableId,
    stored: readonly StoredRows[],
    mostCharacters = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<StoredRow> {
    for await (const rows of this.readBatches(table, stored, mostCharacters)) {
      for (const row of rows) yield row;
    }
  }

  /** The same rows, as many at a time as were read at once: waiting for each costs as much as reading it. */
  async *readBatches(
    table: TableId,
    stored: readonly StoredRows[],
    mostCharacters = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<readonly StoredRow[]> {
    for (const { part, start, end } of stored) {
      const file = this.#files.get(`${table}.${part}`);
      if (file === undefined) continue;
      yield* readRows(readText(file.path, start, end), mostCharacters);
    }
  }

  /** The same rows as the lines that they are, as many at a time as were read at once. */
  async *readText(table: TableId, stored: readonly StoredRows[]): AsyncGenerator<string> {
    for (const { part, start, end } of stored) {
      const file = this.#files.get(`${table}.${part}`);
      if (file !== undefined) yield* wholeLines(readText(file.path, start, end));
    }
  }

  /** Makes a folder for temporary files of a table, as private as the spool itself. */
  openFolder(): Promise<string> {
    return mkdtemp(join(this.#folder, 'buckets-'));
  }

  /** Deletes such a folder. */
  async closeFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** Deletes the folder. */
  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map(({ handle }) => handle?.close()));
    await rm(this.#folder, { recursive: true, force: true });
    openFolders.delete(this.#folder);
    if (openFolders.size === 0) process.off('exit', removeOpenFolders);
  }

  async #fileOf(table: TableId, segment: number): Promise<SegmentFile> {
    const name = `${table}.${segment}`;
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const path = join(this.#folder, `${this.#made++}.ndjson`);
    const file = { path, handle: await open(path, 'wx', 0o600), written: 0, committed: 0 };
    this.#files.set(name, file);
    return file;
  }
}

/** A disk that is nearly full takes a part of the bytes, and says so only by their number. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw cutFile();
    at += bytesWritten;
  }
}

/** Reads a part of a file piece by piece through one buffer: new ones would be freed later than they are filled. */
async function* readBytes(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    for (let at = start; at < end; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, end - at), at);
      if (bytesRead === 0) throw cutFile();
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* readText(path: string, start: number, end: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for await (const bytes of readBytes(path, start, end))
    yield decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

function cutFile(): RowproofError {
  return new RowproofError({
    code: 'output',
    message: 'A temporary file does not hold all differing rows that were written to it.',
    hint: 'Keep other programs from cleaning the folder for temporary files, or name another one with TMPDIR.',
  });
}

/**
 * Splits at line feeds only: JSON text may hold U+2028, which line readers take for an end of line. Lines that lie in one
 * piece of the input are parsed at once. What was read of another one is put together once, when the line is whole: doing
 * so at every piece takes minutes for a row of 20 MB.
 */
async function* readRows(
  input: AsyncIterable<string>,
  mostCharacters: number,
): AsyncGenerator<readonly StoredRow[]> {
  let pieces: string[] = [];
  let length = 0;
  const keep = (piece: string): void => {
    length += piece.length;
    if (length <= mostCharacters) pieces.push(piece);
    else pieces = [];
  };
  for await (const text of input) {
    const first = text.indexOf('\n');
    if (first < 0) {
      keep(text);
      continue;
    }
    keep(text.slice(0, first));
    const last = text.lastIndexOf('\n');
    // Whoever gets a row of many megabytes must not find its pieces in memory too.
    yield [
      ...(length <= mostCharacters ? [joinRow(pieces.splice(0))] : []),
      ...parseLines(text.slice(first + 1, last), mostCharacters),
    ];
    pieces = [];
    length = 0;
    keep(text.slice(last + 1));
  }
}

function joinRow(pieces: readonly string[]): StoredRow {
  return JSON.parse(pieces.join('')) as StoredRow;
}

function parseLines(text: string, mostCharacters: number): StoredRow[] {
  if (text === '') return [];
  if (text.length <= mostCharacters) return JSON.parse(`[${text.replaceAll('\n', ',')}]`) as StoredRow[];
  const lines = text.split('\n').filter((line) => line.length <= mostCharacters);
  return JSON.parse(`[${lines.join(',')}]`) as StoredRow[];
}
