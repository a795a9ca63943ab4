import type { ByteSink } from './byte-sink.js';
import { encodeSpan, TAG } from './canonical.js';

/** A network address: 4 or 16 bytes, and how many of its bits are the network's. */
export interface NetworkAddress {
  readonly address: Uint8Array;
  readonly bits: number;
}

const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const MAPPED_BITS = 96;

/**
 * Encodes a network address. `mapped` writes an IPv4 address in its IPv6 form, for a pair of which one side can hold
 * IPv6 only and stores IPv4 that way.
 */
export function encodeAddress(sink: ByteSink, { address, bits }: NetworkAddress, mapped: boolean): void {
  const maps = mapped && address.length === 4;
  sink.writeByte(TAG.inet);
  sink.writeByte(maps ? 16 : address.length);
  sink.writeByte(maps ? bits + MAPPED_BITS : bits);
  if (maps) for (const byte of MAPPED_PREFIX) sink.writeByte(byte);
  sink.copy(address, 0, address.length);
}

/** Encodes an address spelled as text; text that is none is encoded as itself and equals no address. */
export function encodeAddressText(
  sink: ByteSink,
  span: { readonly buffer: Buffer; readonly start: number; readonly end: number },
  mapped: boolean,
): void {
  const parsed = parseAddress(span.buffer.toString('latin1', span.start, span.end));
  if (parsed === null) encodeSpan(sink, TAG.rawText, span.buffer, span.start, span.end);
  else encodeAddress(sink, parsed, mapped);
}

/** Reads `10.0.0.1`, `10.0.0.0/8` or `2001:db8::1/64`; null for any other text. */
export function parseAddress(text: string): NetworkAddress | null {
  const [, host = '', bits] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = host.includes(':') ? parseV6(host) : parseV4(host);
  if (address === null) return null;
  const most = address.length * 8;
  const length = bits === undefined ? most : Number(bits);
  return length > most ? null : { address: Uint8Array.from(address), bits: length };
}

function parseV4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.some((byte) => byte > 255) ? null : bytes;
}

/** At most one `::` stands for the zero groups that are left out; the last 32 bits may be spelled as IPv4. */
function parseV6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const isSplit = halves.length === 2;
  const [head, tail] = [parseGroups(halves[0] ?? '', !isSplit), parseGroups(halves[1] ?? '', true)];
  if (head === null || tail === null) return null;
  if (!isSplit) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? null : [...head, ...Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    const isLast = isEnd && i === groups.length - 1;
    const v4 = isLast && group.includes('.') ? parseV4(group) : null;
    if (v4 !== null) bytes.push(...v4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return null;
  }
  return bytes;
}

/** The usual spelling of an address, without a prefix length: the longest run of zero groups becomes `::`. */
export function formatAddress(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  if (MAPPED_PREFIX.every((byte, i) => address[i] === byte)) {
    return `::ffff:${formatAddress(address.subarray(12))}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((address[2 * i] as number) << 8) | (address[2 * i + 1] as number)).toString(16),
  );
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > longest.length) longest = { start: i + 1 - length, length };
  }
  return longest;
}
