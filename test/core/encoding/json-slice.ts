import { expect } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeJson } from '../../../src/core/encoding/json-encoding.js';

const PREFIX = Buffer.from('row so far');

/** Encodes a slice of a larger buffer, behind bytes that stand in the sink; undefined for invalid, which must leave those alone. */
export function encode(text: string | Buffer): Buffer | undefined {
  const sink = new ByteSink();
  sink.copy(PREFIX, 0, PREFIX.length);
  const source = Buffer.concat([Buffer.from('-1"\\'), Buffer.from(text), Buffer.from('9e9"]}')]);
  const valid = encodeJson(source, 4, source.length - 6, sink);
  const written = sink.toBuffer();
  expect(written.subarray(0, PREFIX.length)).toEqual(PREFIX);
  if (!valid) expect(sink.length).toBe(PREFIX.length);
  return valid ? written.subarray(PREFIX.length) : undefined;
}

/** The canonical bytes of valid JSON in hex; throws where it is refused. */
export function hexOf(text: string | Buffer): string {
  const bytes = encode(text);
  if (bytes === undefined) throw new Error(`Expected valid JSON, got ${text}`);
  return bytes.toString('hex');
}
