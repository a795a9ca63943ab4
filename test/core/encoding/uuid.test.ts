import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeUuidBytes, encodeUuidText, formatUuid } from '../../../src/core/encoding/uuid.js';

function encodeText(text: string): string {
  const sink = new ByteSink();
  const bytes = Buffer.from(text, 'utf8');
  encodeUuidText(sink, bytes, 0, bytes.length);
  return sink.toBuffer().toString('hex');
}

const UUID = '6ccd780c-baba-1026-9564-5b8c656024db';
const HEX = '116ccd780cbaba102695645b8c656024db';

describe('canonical UUIDs, version 1', () => {
  it.each([UUID, UUID.toUpperCase(), UUID.replace('c', 'C')])('encodes %s by its sixteen bytes', (text) => {
    expect(encodeText(text)).toBe(HEX);
  });

  it.each([
    ['', '1200'],
    ['none', '12046e6f6e65'],
  ])('encodes %j, which is no UUID, as itself', (text, hex) => {
    expect(encodeText(text)).toBe(hex);
  });

  it.each([
    UUID.replaceAll('-', ''),
    `{${UUID}}`,
    UUID.replace('6', 'g'),
    UUID.replace('-', '_'),
    `${UUID} `,
    `${UUID.slice(0, 35)}-`,
    UUID.replace('c', 'é').slice(0, 35),
  ])('takes %s for no UUID', (text) => {
    expect(encodeText(text).slice(0, 2)).toBe('12');
  });

  it('encodes bytes as the text that spells them, and spells them back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const sink = new ByteSink();
        encodeUuidBytes(sink, Uint8Array.from([9, ...bytes]), 1);
        expect(sink.toBuffer().toString('hex')).toBe(encodeText(formatUuid(bytes, 0)));
      }),
    );
  });
});
