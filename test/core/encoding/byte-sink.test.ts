import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';

const MEBIBYTE = 1 << 20;

describe('a byte sink', () => {
  it('holds a long value once, also when more is written after it', () => {
    const sink = new ByteSink();
    sink.copy(Buffer.alloc(64 * MEBIBYTE, 1), 0, 64 * MEBIBYTE);
    sink.writeByte(2);
    expect(sink.bytes.length).toBeLessThan(65 * MEBIBYTE);
    expect([sink.length, sink.bytes[sink.length - 2], sink.bytes[sink.length - 1]]).toEqual([
      64 * MEBIBYTE + 1,
      1,
      2,
    ]);
  });

  it('gives the room of a long value back, and keeps that of usual ones', () => {
    const sink = new ByteSink();
    sink.reserve(17 * MEBIBYTE);
    sink.reset();
    expect(sink.bytes.length).toBeLessThan(MEBIBYTE);
    sink.reserve(8 * MEBIBYTE);
    sink.reset();
    expect(sink.bytes.length).toBeGreaterThanOrEqual(8 * MEBIBYTE);
  });

  it('grows by more than it needs, so that many small writes copy little', () => {
    const sink = new ByteSink();
    let moves = 0;
    for (let i = 0, last = sink.bytes; i < 4 * MEBIBYTE; i++) {
      sink.writeByte(i);
      if (sink.bytes !== last) moves++;
      last = sink.bytes;
    }
    expect(moves).toBeLessThan(20);
  });
});
