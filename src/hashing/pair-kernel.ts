import {
  COLUMN_WORDS,
  OP_EXTERNAL,
  PAIR_WORDS,
  SAME_CANONICAL,
  SAME_WIRE,
  STATUS_DONE,
} from '../engines/kernel-opcodes.js';
import type { CompiledProgram } from './compiled-program.js';
import { align } from './kernel-layout.js';
import { createKernelInstance, growMemory, type KernelExports, type KernelModule } from './kernel-module.js';

/** Rows of both sides that are compared at once: so much still lies in a processor's cache when their values are asked for. */
const BLOCK_BYTES = 64 << 10;
/** Longer rows are left to TypeScript, because the kernel's memory never shrinks. */
const MOST_ROW_BYTES = 256 << 10;
/** The same for rows of very many columns: fields of a block, on each side. */
const BLOCK_FIELDS = 16 << 10;
/** Canonical bytes of a field beyond three times its wire bytes, and what short copies in the kernel may run over by. */
const SPARE_BYTES = 128;
/** What lies between rows that were sent behind each other, at most: it is copied with them. */
const FRAME_BYTES = 8;
const PROGRAM_AT = 1024;

/** Rows by their places in one piece of memory. */
export interface PlacedRows {
  readonly bytes: Buffer;
  /** Where the row in a place begins; negative where there is none. */
  startOf(place: number): number;
  endOf(place: number): number;
}

/** How the kernel compares the rows of a table pair. */
export interface PairProgram {
  readonly source: CompiledProgram;
  readonly target: CompiledProgram;
  /** By what each column may be called equal, as bits. */
  readonly means: Int32Array;
}

/** What of the rows of both sides the kernel may compare: the same encoders as whoever compares values, and nothing else. */
export interface PairColumns {
  readonly source: CompiledProgram | null;
  readonly target: CompiledProgram | null;
  /** Whether equal wire bytes of a column are equal values. */
  readonly sharesWire: readonly boolean[];
  /** Whether equal canonical bytes, as rows are hashed by, are equal values. */
  readonly sharesCanonical: readonly boolean[];
}

/** Pairs of rows as the kernel compared them: views of its memory, good until it is used again. */
export interface ComparedPairs {
  /** The first place, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** The memory in which the fields lie. */
  readonly bytes: Buffer;
  /** Of each pair, for as many columns each: where the source's fields begin and end, then the target's; -1 is NULL. */
  readonly spans: Int32Array;
  /** The fields that are not surely the same, and where the list of each pair ends. */
  readonly fields: Int32Array;
  readonly ends: Int32Array;
}

/** Lays out how a pair is compared; null where the kernel would call nothing equal. */
export function compilePair({
  source,
  target,
  sharesWire,
  sharesCanonical,
}: PairColumns): PairProgram | null {
  if (source === null || target === null) return null;
  const isKnown = ({ words }: CompiledProgram, column: number): boolean =>
    words[column * COLUMN_WORDS] !== OP_EXTERNAL;
  const means = Int32Array.from(sharesWire, (isShared, column) => {
    const isCanonical =
      sharesCanonical[column] === true && isKnown(source, column) && isKnown(target, column);
    return (isShared ? SAME_WIRE : 0) | (isCanonical ? SAME_CANONICAL : 0);
  });
  return means.every((bits) => bits === 0) ? null : { source, target, means };
}

/** The WebAssembly kernel with the rows of both sides in one memory. It finds fields, and says which are surely the same. */
export class PairKernel {
  readonly #exports: KernelExports;
  #bytes: Buffer;
  #program: PairProgram | null = null;
  /** Where the programs end. */
  #base = 0;

  constructor(module: KernelModule) {
    this.#exports = createKernelInstance(module);
    this.#bytes = Buffer.from(this.#exports.memory.buffer);
  }

  /**
   * Compares the rows in a place and in as many behind it as are worth a call. Null where the first of them is not for the kernel:
   * whoever reads it then in TypeScript finds the words for what may be wrong with it.
   */
  compare(
    program: PairProgram,
    rows: { readonly source: PlacedRows; readonly target: PlacedRows },
    { from, count }: { readonly from: number; readonly count: number },
  ): ComparedPairs | null {
    if (this.#program !== program) this.#load(program);
    const columns = program.means.length;
    const most = Math.min(count, from + Math.max(1, Math.floor(BLOCK_FIELDS / columns)));
    const { to, bytes, longest } = measure(rows, from, most);
    if (to === from) return null;
    const regions = layOut(this.#base, { pairs: to - from, columns, bytes, longest });
    this.#reserve(regions.end);
    this.#copyRows(rows, { from, to, at: regions.rows, pairs: regions.pairs });
    const { pairs, spans, ends, fields, one, other } = regions;
    const status = this.#exports.compareRows(to - from, pairs, spans, ends, fields, one, other);
    if (status !== STATUS_DONE) return null;
    const { buffer } = this.#bytes;
    const listed = new Int32Array(buffer, ends, to - from);
    return {
      ...{ from, to, bytes: this.#bytes, ends: listed },
      spans: new Int32Array(buffer, spans, (to - from) * columns * 4),
      fields: new Int32Array(buffer, fields, listed[to - from - 1] ?? 0),
    };
  }

  #copyRows(
    { source, target }: { readonly source: PlacedRows; readonly target: PlacedRows },
    { from, to, at, pairs }: { from: number; to: number; at: number; pairs: number },
  ): void {
    const list = new Int32Array(this.#bytes.buffer, pairs, (to - from) * PAIR_WORDS);
    list.fill(0);
    const next = copySide(source, { from, to, into: this.#bytes, at, list, word: 0 });
    copySide(target, { from, to, into: this.#bytes, at: next, list, word: 2 });
  }

  #load(program: PairProgram): void {
    const { source, target, means } = program;
    const columns = means.length;
    const sourceAt = PROGRAM_AT;
    const targetAt = sourceAt + source.words.byteLength;
    const meansAt = targetAt + target.words.byteLength;
    const fieldsAt = meansAt + means.byteLength;
    this.#base = align(fieldsAt + columns * 16);
    this.#reserve(this.#base);
    for (const [at, words] of [[sourceAt, source.words] as const, [targetAt, target.words] as const])
      this.#bytes.set(new Uint8Array(words.buffer), at);
    this.#bytes.set(new Uint8Array(means.buffer), meansAt);
    const tablesBehind = columns * COLUMN_WORDS * 4;
    this.#exports.setPair(columns, meansAt, fieldsAt);
    this.#exports.setSource(source.framing, sourceAt, sourceAt + tablesBehind);
    this.#exports.setTarget(target.framing, targetAt, targetAt + tablesBehind);
    this.#program = program;
  }

  #reserve(bytes: number): void {
    this.#bytes = growMemory(this.#exports, this.#bytes, bytes);
  }
}

/** How many places from one on are compared at once, and the bytes of their rows. */
function measure(
  { source, target }: { readonly source: PlacedRows; readonly target: PlacedRows },
  from: number,
  most: number,
): { to: number; bytes: number; longest: number } {
  let [to, bytes, longest] = [from, 0, 0];
  for (; to < most && bytes < BLOCK_BYTES; to++) {
    const own = lengthIn(source, to);
    const others = lengthIn(target, to);
    if (Math.max(own, others) > MOST_ROW_BYTES) break;
    bytes += own + others;
    longest = Math.max(longest, own, others);
  }
  return { to, bytes, longest };
}

function lengthIn(rows: PlacedRows, place: number): number {
  const start = rows.startOf(place);
  return start < 0 ? 0 : rows.endOf(place) - start;
}

interface SideCopy {
  readonly from: number;
  readonly to: number;
  readonly into: Buffer;
  readonly at: number;
  readonly list: Int32Array;
  readonly word: number;
}

/** Copies the rows of a side, those that lie behind each other in one step; lists where they are, and returns where they end. */
function copySide(rows: PlacedRows, { from, to, into, at, list, word }: SideCopy): number {
  let next = at;
  let [runFrom, runTo] = [0, 0];
  for (let place = from; place < to; place++) {
    const start = rows.startOf(place);
    if (start < 0) continue;
    const end = rows.endOf(place);
    if (start < runTo || start - runTo > FRAME_BYTES) {
      next += rows.bytes.copy(into, next, runFrom, runTo);
      runFrom = start;
    }
    const moved = next - runFrom;
    const pair = (place - from) * PAIR_WORDS + word;
    list[pair] = start + moved;
    list[pair + 1] = end + moved;
    runTo = end;
  }
  return next + rows.bytes.copy(into, next, runFrom, runTo);
}

interface BlockSizes {
  readonly pairs: number;
  readonly columns: number;
  /** Of the rows of both sides. */
  readonly bytes: number;
  readonly longest: number;
}

/** Lays a block out behind the programs. Sizes are what values could at most become, so that the kernel need not check each write. */
function layOut(base: number, { pairs, columns, bytes, longest }: BlockSizes) {
  const pairsAt = base;
  const spans = pairsAt + pairs * PAIR_WORDS * 4;
  const ends = spans + pairs * columns * 16;
  const fields = ends + pairs * 4;
  const rows = align(fields + pairs * columns * 4);
  const one = align(rows + bytes + 2 * pairs * FRAME_BYTES + SPARE_BYTES);
  const other = align(one + 3 * longest + SPARE_BYTES);
  return {
    ...{ pairs: pairsAt, spans, ends, fields, rows, one, other },
    end: other + 3 * longest + SPARE_BYTES,
  };
}
