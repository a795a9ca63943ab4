import type { KeyPart } from './encoding/key-bytes.js';

const UUID_DASHES = [8, 12, 16, 20];

/**
 * Where a key value lies on a line of whole numbers that is ordered as the keys are; null for kinds that have no such
 * line. Fractions and the far bytes of long keys are dropped: the line only serves to cut a table in coarse pieces.
 */
export function toOrdinal(part: KeyPart): bigint | null {
  switch (part.kind) {
    case 'int':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
      return part.value;
    case 'decimal':
      return /^-?\d/.test(part.value) ? BigInt(part.value.split('.')[0] ?? '0') : null;
    case 'uuid':
      return BigInt(`0x${part.value.replaceAll('-', '')}`);
    case 'bytes':
      return leadingBytes(part.value);
    case 'text':
    case 'exact':
      return null;
  }
}

function leadingBytes(bytes: Uint8Array): bigint {
  let ordinal = 0n;
  for (let i = 0; i < 8; i++) ordinal = (ordinal << 8n) | BigInt(bytes[i] ?? 0);
  return ordinal;
}

/** A key value of the same kind as `like` at a place on that line. */
export function fromOrdinal(ordinal: bigint, like: KeyPart): KeyPart | null {
  switch (like.kind) {
    case 'int':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
      return { kind: like.kind, value: ordinal };
    case 'decimal':
      return { kind: 'decimal', value: ordinal.toString() };
    case 'uuid':
      return { kind: 'uuid', value: uuidOf(ordinal) };
    case 'bytes': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(ordinal);
      return { kind: 'bytes', value: bytes };
    }
    case 'text':
    case 'exact':
      return null;
  }
}

function uuidOf(ordinal: bigint): string {
  let text = ordinal.toString(16).padStart(32, '0');
  for (const [i, at] of UUID_DASHES.entries()) text = `${text.slice(0, at + i)}-${text.slice(at + i)}`;
  return text;
}
