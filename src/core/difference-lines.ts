import type { RowDifference, Value } from './difference.js';
import { ByteSink } from './encoding/byte-sink.js';

/** Longer values go to the bytes one by one, and shorter text is gathered up to this: each write costs two native calls. */
const LONG_TEXT = 4096;

/**
 * Writes differences as JSON, one a line, in the form that `JSON.parse` reads back.
 *
 * Long values go to the bytes one by one: a row of two values of 64 MB would otherwise be several strings of their
 * size before it is stored. The bytes have memory of their own, which can be handed to another thread.
 */
export function encodeDifferenceLines(rows: readonly RowDifference[]): Uint8Array {
  const sink = new ByteSink();
  sink.reserve(rows.reduce((total, row) => total + measure(row.source) + measure(row.target), 0));
  const writer = new LineWriter(sink);
  for (const row of rows) writer.writeRow(row);
  writer.flush();
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

/** Gathers short text, and remembers what the rows of a table have in common: names, and lists of them. */
class LineWriter {
  readonly #sink: ByteSink;
  readonly #names = new Map<string, string>();
  readonly #lists = new WeakMap<readonly string[], string>();
  #text = '';

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  writeRow(row: RowDifference): void {
    this.#text += `{"kind":"${row.kind}","key":`;
    this.#writeValues(row.key);
    this.#text += `,"columns":${this.#listOf(row.columns)}`;
    if (row.sourceCopies !== undefined) this.#text += `,"sourceCopies":${row.sourceCopies}`;
    if (row.targetCopies !== undefined) this.#text += `,"targetCopies":${row.targetCopies}`;
    this.#text += ',"source":';
    this.#writeValues(row.source);
    this.#text += ',"target":';
    this.#writeValues(row.target);
    this.#text += '}\n';
    if (this.#text.length > LONG_TEXT) this.flush();
  }

  flush(): void {
    this.#sink.writeText(this.#text);
    this.#text = '';
  }

  #writeValues(values: Readonly<Record<string, Value>> | null): void {
    if (values === null) {
      this.#text += 'null';
      return;
    }
    let separator = '{';
    for (const name in values) {
      this.#text += separator + this.#nameOf(name);
      this.#writeValue(values[name] ?? null);
      separator = ',';
    }
    this.#text += separator === '{' ? '{}' : '}';
  }

  /** Hexadecimal digits need no escape, so they are not copied to find one. */
  #writeValue(value: Value): void {
    const isText = value === null || typeof value === 'string';
    if (lengthOf(value) > LONG_TEXT) {
      this.#text += isText ? '' : '{"hex":"';
      this.flush();
      this.#sink.writeText(isText ? JSON.stringify(value) : value.hex);
      this.#text += isText ? '' : '"}';
    } else this.#text += isText ? JSON.stringify(value) : `{"hex":"${value.hex}"}`;
  }

  #nameOf(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const text = `${JSON.stringify(name)}:`;
    this.#names.set(name, text);
    return text;
  }

  #listOf(names: readonly string[]): string {
    const known = this.#lists.get(names);
    if (known !== undefined) return known;
    const text = JSON.stringify(names);
    this.#lists.set(names, text);
    return text;
  }
}
