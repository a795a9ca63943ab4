import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketFrames } from '../../src/engines/mysql/packet-frames.js';

const LONGEST = 0xffffff;

/** A body as packets: one, or several where it is too long for one. */
function packetsOf(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  let length: number;
  do {
    length = Math.min(body.length - at, LONGEST);
    const header = Buffer.alloc(4);
    header.writeUIntLE(length, 0, 3);
    parts.push(header, body.subarray(at, at + length));
    at += length;
  } while (length === LONGEST);
  return Buffer.concat(parts);
}

const DEFINITIONS = [
  Buffer.from('\x02'),
  Buffer.from('\x03def'),
  Buffer.from('\x03def2'),
  Buffer.from('\xfe\0\0\0\0', 'latin1'),
];
const END = Buffer.from('\xfe\0\0\x02\0', 'latin1');

/** Pushes chunks and notes what came out: forwarded bodies, and the bodies of rows. */
function read(chunks: readonly Buffer[]) {
  const forwarded: Buffer[] = [];
  const rows: Buffer[] = [];
  const receiver = {
    expectsRows: false,
    forward: (packet: Buffer) => {
      forwarded.push(Buffer.from(packet.subarray(4)));
      receiver.expectsRows = forwarded.length === DEFINITIONS.length;
    },
  };
  const frames = new PacketFrames((buffer, start, end, count) => {
    let at = start;
    for (let i = 0; i < count; i++) {
      const length = buffer.readUIntLE(at, 3);
      const next = length === LONGEST ? end : at + 4 + length;
      rows.push(Buffer.from(buffer.subarray(at + 4, next)));
      at = next;
    }
    expect(at).toBe(end);
    return true;
  }, receiver);
  for (const chunk of chunks) expect(frames.push(chunk)).toBe(true);
  return { forwarded, rows };
}

describe('packets of a socket', () => {
  it('give the same rows wherever the chunks are cut', () => {
    const row = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.concat([Buffer.alloc(1), bytes]));
    fc.assert(
      fc.property(fc.array(row), fc.array(fc.nat(400)), (rows, cuts) => {
        const stream = Buffer.concat([...DEFINITIONS, ...rows, END].map(packetsOf));
        const places = [...new Set([0, ...cuts.filter((cut) => cut < stream.length), stream.length])].sort(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((end, i) => stream.subarray(places[i], end));
        expect(read(chunks)).toEqual({ forwarded: [...DEFINITIONS, END], rows });
      }),
    );
  });

  it.each([LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST])(
    'join a row of %i bytes and go on behind it',
    (length) => {
      const rows = [Buffer.from('\0a'), Buffer.alloc(length), Buffer.from('\0b')];
      const stream = Buffer.concat([...DEFINITIONS, ...rows, END].map(packetsOf));
      const middle = Math.floor(stream.length / 2);
      const { forwarded, rows: found } = read([stream.subarray(0, middle), stream.subarray(middle)]);
      expect(forwarded).toEqual([...DEFINITIONS, END]);
      expect(found.map((row) => row.length)).toEqual([2, length, 2]);
      expect(found[1]?.equals(rows[1] as Buffer)).toBe(true);
    },
  );

  it('stop where the reader wants no more', () => {
    const receiver = { expectsRows: true, forward: () => undefined };
    const frames = new PacketFrames(() => false, receiver);
    expect(frames.push(packetsOf(Buffer.from('\0a')))).toBe(false);
  });
});
