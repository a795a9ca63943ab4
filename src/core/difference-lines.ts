import type { RowDifference, Value } from './difference.js';
import { ByteSink } from './encoding/byte-sink.js';

/**
 * Writes differences as JSON, one a line, in the form that `JSON.parse` reads back.
 *
 * Long values go to the bytes one by one: a row of two values of 64 MB would otherwise be several strings of their
 * size before it is stored. The bytes have memory of their own, which can be handed to another thread.
 */
export function encodeDifferenceLines(rows: readonly RowDifference[]): Uint8Array {
  const sink = new ByteSink();
  sink.reserve(rows.reduce((total, row) => total + measure(row.source) + measure(row.target), 0));
  for (const row of rows) {
    const { source, target, ...head } = row;
    sink.writeText(`${JSON.stringify(head).slice(0, -1)},"source":`);
    writeValues(sink, source);
    sink.writeText(',"target":');
    writeValues(sink, target);
    sink.writeText('}\n');
  }
  return sink.bytes.subarray(0, sink.length);
}

function measure(values: Readonly<Record<string, Value>> | null): number {
  return Object.values(values ?? {}).reduce((total, value) => total + lengthOf(value), 0);
}

function lengthOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === 'string' ? value.length : value.hex.length;
}

function writeValues(sink: ByteSink, values: Readonly<Record<string, Value>> | null): void {
  if (values === null) {
    sink.writeText('null');
    return;
  }
  let separator = '{';
  for (const [name, value] of Object.entries(values)) {
    sink.writeText(`${separator}${JSON.stringify(name)}:`);
    writeValue(sink, value);
    separator = ',';
  }
  sink.writeText(separator === '{' ? '{}' : '}');
}

/** Hexadecimal digits need no escape, so they are not copied to find one. */
function writeValue(sink: ByteSink, value: Value): void {
  if (value === null || typeof value === 'string') {
    sink.writeText(JSON.stringify(value));
    return;
  }
  sink.writeText('{"hex":"');
  sink.writeText(value.hex);
  sink.writeText('"}');
}
