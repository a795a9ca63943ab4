import type { CanonicalType } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import type { Column } from '../core/schema.js';
import { formatCounted } from '../words/number-text.js';
import {
  type Alteration,
  type CauseRule,
  CERTAIN_BITS,
  type Explanation,
  fitsNoNumbers,
  TEXT_TYPES,
} from './explanation.js';
import { mostBytes, weighLength } from './text-shape-rules.js';

const EMPTY_TYPES: ReadonlySet<CanonicalType> = new Set([...TEXT_TYPES, 'bytes', 'int', 'decimal', 'float']);
const NUL_TYPES: ReadonlySet<CanonicalType> = new Set([...TEXT_TYPES, 'bytes']);

function explainEmpty({ original, altered, canonical }: Alteration, found: Explanation[]): void {
  const isNumber = canonical === 'int' || canonical === 'decimal' || canonical === 'float';
  const isEmpty = isNumber ? isZero : isEmptyText;
  const name = isNumber ? '0' : 'empty';
  if (original === null && isEmpty(altered)) {
    found.push({ cause: 'null-against-empty', detail: `NULL became ${name}`, bits: 7 });
  }
  if (altered === null && isEmpty(original)) {
    found.push({ cause: 'null-against-empty', detail: `${name} became NULL`, bits: 7 });
  }
}

function isEmptyText(value: Value): boolean {
  return value === '' || (value !== null && typeof value === 'object' && value.hex === '');
}

function isZero(value: Value): boolean {
  return typeof value === 'string' && (value === 'false' || /^-?0+(\.0*)?$/.test(value));
}

/** NULL where there was a value says that something was lost, not how. */
function explainLoss({ original, altered }: Alteration, found: Explanation[]): void {
  if (original === null || altered !== null) return;
  found.push({ cause: 'value-lost', detail: 'NULL instead', bits: 2, provable: false });
}

function explainNul({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [bytesOf(original), bytesOf(altered)];
  if (before === null || after === null || after.length >= before.length || !before.includes('\0')) return;
  const push = (detail: string, bits: number): void => {
    found.push({ cause: 'nul-lost', detail, bits });
  };
  if (before.replaceAll('\0', '') === after) push('removed', 16);
  if (before.replace(/\0+$/, '') === after) push('trailing ones removed', 16);
  if (before.slice(0, before.indexOf('\0')) === after) push('cut at the first', after === '' ? 4 : 14);
}

/** Text, or bytes with a character for each, so that one rule serves both. */
function bytesOf(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  return Buffer.from(value.hex, 'hex').toString('latin1');
}

function explainCutBytes({ original, altered, from, to }: Alteration, found: Explanation[]): void {
  const [before, after] = [hexOf(original), hexOf(altered)];
  if (before === null || after === null) return;
  if (after === '' || after.length >= before.length || !before.startsWith(after)) return;
  if (isPadding(before, after, from)) return;
  const length = after.length / 2;
  found.push({
    cause: 'truncated',
    detail: `at ${formatCounted(length, 'byte')}`,
    ...weighLength(length, mostBytes(to)),
  });
}

/** A column of a fixed length fills what is shorter up with zero bytes, which are part of its value from then on. */
function explainPadding({ original, altered, to }: Alteration, found: Explanation[]): void {
  const [before, after] = [hexOf(original), hexOf(altered)];
  if (before === null || after === null || !isPadding(after, before, to)) return;
  found.push({
    cause: 'zero-padded',
    detail: `to ${formatCounted(after.length / 2, 'byte')}`,
    bits: CERTAIN_BITS,
  });
}

/** Whether a value is another one that its column filled up. */
function isPadding(longer: string, shorter: string, { type }: Column): boolean {
  const isFull = type.kind === 'bytes' && type.fixed && type.length === longer.length / 2;
  return isFull && longer.length > shorter.length && longer === shorter.padEnd(longer.length, '0');
}

function hexOf(value: Value): string | null {
  return value === null || typeof value === 'string' ? null : value.hex;
}

/** The ways in which programs write bytes as text. */
const SPELLINGS: readonly { readonly name: string; spell(bytes: Buffer): string }[] = [
  { name: 'hex', spell: (bytes) => bytes.toString('hex') },
  { name: 'upper-case hex', spell: (bytes) => bytes.toString('hex').toUpperCase() },
  { name: 'hex with \\x', spell: (bytes) => `\\x${bytes.toString('hex')}` },
  { name: 'hex with 0x', spell: (bytes) => `0x${bytes.toString('hex')}` },
  { name: 'upper-case hex with 0x', spell: (bytes) => `0x${bytes.toString('hex').toUpperCase()}` },
  { name: 'base64', spell: (bytes) => bytes.toString('base64') },
];

function explainSpelling({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [rawBytesOf(original), rawBytesOf(altered)];
  if (before === null || after === null || before.length === 0 || after.length <= before.length) return;
  if (after.length > before.length * 2 + 4) return;
  const text = after.toString('latin1');
  for (const { name, spell } of SPELLINGS) {
    const bits = Math.min(CERTAIN_BITS, before.length * 8);
    if (spell(before) === text) found.push({ cause: 'spelled-bytes', detail: name, bits });
  }
}

function rawBytesOf(value: Value): Buffer | null {
  if (value === null) return null;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.hex, 'hex');
}

/** What becomes of nothing, of NUL, and of bytes. */
export const emptyRules: readonly CauseRule[] = [
  { types: new Set(['bytes']), bothWays: false, explain: explainPadding },
  { types: EMPTY_TYPES, bothWays: false, explain: explainEmpty, kindOf: fitsNoNumbers },
  { types: null, bothWays: false, explain: explainLoss, kindOf: fitsNoNumbers },
  { types: NUL_TYPES, bothWays: true, explain: explainNul },
  { types: new Set(['bytes']), bothWays: true, explain: explainCutBytes },
  { types: NUL_TYPES, bothWays: true, explain: explainSpelling },
];
