import type { StoredRow, Value } from './difference.js';
import { ByteSink } from './encoding/byte-sink.js';

/** Above this a native call beats a loop over the characters. */
const LONG_TEXT = 256;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Writes differences as JSON, one a line, in the form that `JSON.parse` reads back.
 *
 * Values go to the bytes one by one: a row of two values of 64 MB would otherwise be several strings of their size
 * before it is stored, and pieces of text cost more than the row. The bytes have memory of their own, which can be handed
 * to another thread.
 */
export function encodeDifferenceLines(rows: readonly StoredRow[]): Uint8Array {
  const sink = new ByteSink();
  sink.reserve(rows.reduce((total, row) => total + measure(row.source) + measure(row.target), 0));
  const writer = new LineWriter(sink);
  for (const row of rows) writer.writeRow(row);
  return sink.bytes.subarray(0, sink.length);
}

function measure(values: Readonly<Record<string, Value>> | null): number {
  let total = 0;
  for (const name in values) total += lengthOf(values[name] ?? null);
  return total;
}

function lengthOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === 'string' ? value.length : value.hex.length;
}

/** Writes to the bytes themselves, and remembers what the rows of a table have in common: names, and lists of them. */
class LineWriter {
  readonly #sink: ByteSink;
  readonly #names = new Map<string, Buffer>();
  readonly #lists = new WeakMap<readonly string[], Buffer>();

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  writeRow(row: StoredRow): void {
    const sink = this.#sink;
    sink.writeAscii('{"kind":"');
    sink.writeAscii(row.kind);
    sink.writeAscii('","key":');
    this.#writeValues(row.key);
    sink.writeAscii(',"columns":');
    this.#write(this.#listOf(row.columns));
    if (row.sourceCopies !== undefined) sink.writeAscii(`,"sourceCopies":${row.sourceCopies}`);
    if (row.targetCopies !== undefined) sink.writeAscii(`,"targetCopies":${row.targetCopies}`);
    if (row.draw !== undefined) sink.writeAscii(`,"draw":${row.draw}`);
    sink.writeAscii(',"source":');
    this.#writeValues(row.source);
    sink.writeAscii(',"target":');
    this.#writeValues(row.target);
    sink.writeAscii('}\n');
  }

  #writeValues(values: Readonly<Record<string, Value>> | null): void {
    const sink = this.#sink;
    if (values === null) {
      sink.writeAscii('null');
      return;
    }
    let separator = '{';
    for (const name in values) {
      sink.writeAscii(separator);
      this.#write(this.#nameOf(name));
      this.#writeValue(values[name] ?? null);
      separator = ',';
    }
    sink.writeAscii(separator === '{' ? '{}' : '}');
  }

  #writeValue(value: Value): void {
    const sink = this.#sink;
    if (value === null) sink.writeAscii('null');
    else if (typeof value === 'string') {
      if (!writePlainText(value, sink)) sink.writeText(JSON.stringify(value));
    } else {
      sink.writeAscii('{"hex":"');
      // Hexadecimal digits need no escape.
      if (value.hex.length > LONG_TEXT) sink.writeText(value.hex);
      else sink.writeAscii(value.hex);
      sink.writeAscii('"}');
    }
  }

  #write(text: Buffer): void {
    this.#sink.copy(text, 0, text.length);
  }

  #nameOf(name: string): Buffer {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const text = Buffer.from(`${JSON.stringify(name)}:`);
    this.#names.set(name, text);
    return text;
  }

  #listOf(names: readonly string[]): Buffer {
    const known = this.#lists.get(names);
    if (known !== undefined) return known;
    const text = Buffer.from(JSON.stringify(names));
    this.#lists.set(names, text);
    return text;
  }
}

/** Writes text in quotes where JSON changes nothing in it, without making another text first. Returns false where it may. */
function writePlainText(text: string, sink: ByteSink): boolean {
  const count = text.length;
  if (count > LONG_TEXT) return false;
  sink.reserve(count + 2);
  const { bytes, length } = sink;
  bytes[length] = QUOTE;
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
    bytes[length + 1 + i] = code;
  }
  bytes[length + 1 + count] = QUOTE;
  sink.length = length + count + 2;
  return true;
}
