import type { Column } from '../core/schema.js';
import { formatCounted } from '../words/number-text.js';
import {
  type Alteration,
  type CauseRule,
  CERTAIN_BITS,
  type Explanation,
  TEXT_TYPES,
} from './explanation.js';

/** Lengths that software is known to stop at: MySQL's text types, GROUP_CONCAT, drivers, old index limits. */
const KNOWN_LENGTHS = new Set([255, 1000, 1024, 2000, 4000, 8000, 8192, 32_767, 65_535, 16_777_215]);

/** How many characters a text column takes; null where it has no such limit. */
function mostCharacters({ type }: Column): number | null {
  return type.kind === 'text' ? (type.mostCharacters ?? null) : null;
}

/** How many bytes a column takes; null where it has no such limit. */
export function mostBytes({ type }: Column): number | null {
  if (type.kind === 'bytes') return type.length;
  return type.kind === 'text' ? (type.mostBytes ?? null) : null;
}

function explainTruncation({ original, altered, to }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string') return;
  if (altered === '' || altered.length >= original.length || !original.startsWith(altered)) return;
  const cause = 'truncated';
  const characters = countCharacters(altered);
  found.push({
    cause,
    detail: `at ${formatCounted(characters, 'character')}`,
    ...weighLength(characters, mostCharacters(to)),
    ...(isFull(to) && { provable: false }),
  });
  const bytes = Buffer.byteLength(altered);
  const next = String.fromCodePoint(original.codePointAt(altered.length) ?? 0);
  for (let limit = bytes; limit < bytes + Buffer.byteLength(next); limit++) {
    found.push({ cause, detail: `at ${formatCounted(limit, 'byte')}`, ...weighLength(limit, mostBytes(to)) });
  }
}

/** Where every value ends at the length of its column, one that was made longer afterwards ends there too. */
function isFull({ type }: Column): boolean {
  return type.kind === 'text' && (type.padded || (type.mostCharacters ?? SHORT) < SHORT);
}

/** Codes of countries, currencies and the like. */
const SHORT = 4;

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** A length that the column declares proves itself; any other needs several rows that share it. */
export function weighLength(length: number, declared: number | null): Omit<Explanation, 'cause' | 'detail'> {
  if (length === declared) return { bits: CERTAIN_BITS };
  return KNOWN_LENGTHS.has(length) ? { bits: 7, cost: 1 } : { bits: 6, cost: 5, open: true };
}

function explainSpaces({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || altered.length >= original.length)
    return;
  const trimmed = original.trim();
  if (trimmed === original || altered.trim() !== trimmed) return;
  const places = [
    ['trailing ones removed', original.trimEnd(), original.replace(/ +$/, '')],
    ['leading ones removed', original.trimStart(), original.replace(/^ +/, '')],
    ['both ends trimmed', trimmed, original.replace(/^ +| +$/g, '')],
  ] as const;
  for (const [detail, withoutAny, withoutPlain] of places) {
    const cause = 'edge-spaces';
    if (altered === withoutPlain) found.push({ cause, detail, bits: 8 });
    if (altered === withoutAny) found.push({ cause, detail: `${detail}, tabs and line ends too`, bits: 8 });
  }
}

const LINE_ENDS = [
  { name: 'CRLF', text: '\r\n', pattern: /\r\n/g },
  { name: 'LF', text: '\n', pattern: /(?<!\r)\n/g },
  { name: 'CR', text: '\r', pattern: /\r(?!\n)/g },
] as const;

function explainLineEnds({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || !/[\r\n]/.test(original)) return;
  for (const from of LINE_ENDS) {
    for (const to of LINE_ENDS) {
      if (from === to || original.replace(from.pattern, to.text) !== altered) continue;
      return void found.push({ cause: 'line-ends', detail: `${from.name} became ${to.name}`, bits: 12 });
    }
  }
}

function explainNormalization({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string' || !/\P{ASCII}/u.test(original)) return;
  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
    if (original.normalize(form) !== altered) continue;
    found.push({ cause: 'unicode-normalization', detail: `to ${form}`, bits: CERTAIN_BITS });
  }
}

function explainCase({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || typeof altered !== 'string') return;
  const lower = original.toLowerCase();
  if (lower !== altered.toLowerCase()) return;
  const cause = 'letter-case';
  if (altered === lower) found.push({ cause, detail: 'lower-cased', bits: 8 });
  if (altered === original.toUpperCase()) found.push({ cause, detail: 'upper-cased', bits: 8 });
  found.push({ cause, detail: 'nothing else', bits: 7 });
}

/** What else happens to the shape of text. Those that name both directions themselves are not tried the other way. */
export const textShapeRules: readonly CauseRule[] = [
  { types: TEXT_TYPES, bothWays: true, explain: explainTruncation },
  { types: TEXT_TYPES, bothWays: true, explain: explainSpaces },
  { types: TEXT_TYPES, bothWays: false, explain: explainLineEnds },
  { types: TEXT_TYPES, bothWays: false, explain: explainNormalization },
  { types: TEXT_TYPES, bothWays: false, explain: explainCase },
];
