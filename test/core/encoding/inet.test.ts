import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../src/core/encoding/byte-sink.js';
import { encodeAddressText, formatAddress, parseAddress } from '../../../src/core/encoding/inet.js';

function encoded(text: string, mapped: boolean): string {
  const sink = new ByteSink();
  const buffer = Buffer.from(`..${text}..`, 'latin1');
  encodeAddressText(sink, { buffer, start: 2, end: 2 + text.length }, mapped);
  return sink.toBuffer().toString('hex');
}

describe('a network address', () => {
  it.each([
    ['10.1.2.3', false, '1804200a010203'],
    ['10.0.0.0/8', false, '1804080a000000'],
    ['::1', false, `181080${'00'.repeat(15)}01`],
    ['2001:db8::/32', false, `18102020010db8${'00'.repeat(12)}`],
    ['1.2.3.4', true, `181080${'00'.repeat(10)}ffff01020304`],
    ['1.2.3.0/24', true, `181078${'00'.repeat(10)}ffff01020300`],
    ['::ffff:1.2.3.4', true, `181080${'00'.repeat(10)}ffff01020304`],
    ['none', false, '06046e6f6e65'],
    ['', true, '0600'],
  ])('spelled %s, mapped %s, is encoded as %s', (text, mapped, hex) => {
    expect(encoded(text, mapped)).toBe(hex);
  });

  it.each([
    ...['1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4/33', '1.2.3.4/', '::1/129', '1::2::3', ':::'],
    ...['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::', '::1 ', ' ::1', '1.2.3.4::', '/8', ':', '1:'],
  ])('is not what %j spells', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:1:0:0:0:0:2', '0:0:1::2'],
    ['0:0:1:2:3:4:0:0', '::1:2:3:4:0:0'],
    ['1:0:0:4::8', '1:0:0:4::8'],
    ['2001:DB8:0:0:0:FF00:42:8329', '2001:db8::ff00:42:8329'],
    ['10:0:0:1:0:0:0:100', '10:0:0:1::100'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['::ffff:102:304', '::ffff:1.2.3.4'],
    ['0.0.0.0', '0.0.0.0'],
  ])('that is %s is written as %s', (text, written) => {
    const { address } = parseAddress(text) ?? { address: new Uint8Array() };
    expect(formatAddress(address)).toBe(written);
    expect(parseAddress(written)?.address).toEqual(address);
  });
});
