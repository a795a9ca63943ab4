import type { Column, TextType, ValueType } from './schema.js';
import {
  chooseStructured,
  describeStructured,
  isMadeOfOpaque,
  type StructuredCanonical,
} from './structured-type.js';

/** The one type in which both values of a column pair can be expressed without loss. */
export type CanonicalType =
  | 'int'
  | 'decimal'
  | 'float'
  | 'text'
  | 'bytes'
  | 'bits'
  | 'set'
  | 'date'
  | 'time'
  | 'datetime'
  | 'instant'
  | 'json'
  | 'uuid'
  | StructuredCanonical;

export type CanonicalChoice =
  | { readonly kind: 'comparable'; readonly canonical: CanonicalType }
  | { readonly kind: 'incomparable'; readonly reason: string };

/**
 * Chooses the canonical type of a column pair, or says why the pair cannot be compared.
 *
 * Every pair that is not listed is incomparable: a rule that nobody thought through would be a false word sooner or
 * later.
 */
export function chooseCanonicalType(source: Column, target: Column): CanonicalChoice {
  for (const [side, column] of [
    ['source', source],
    ['target', target],
  ] as const) {
    if (column.type.kind === 'unsupported') {
      return { kind: 'incomparable', reason: `${column.declared} on the ${side}: ${column.type.reason}` };
    }
  }
  const canonical =
    sharedCanonical(source.type, target.type) ??
    (isSpelledUuid(source, target) || isSpelledUuid(target, source) ? 'uuid' : null) ??
    canonicalOfColumns(source.type, target.type) ??
    canonicalOfColumns(target.type, source.type);
  if (canonical !== null) return { kind: 'comparable', canonical };
  return { kind: 'incomparable', reason: incomparableReason(source, target) };
}

/** The canonical type of two types, or null; also of the parts of arrays, ranges and composites. */
export function sharedCanonical(one: ValueType, other: ValueType): CanonicalType | null {
  const canonical = canonicalOf(one, other) ?? canonicalOf(other, one);
  return canonical !== null && isMadeOfOpaque(one) ? 'wire' : canonical;
}

function canonicalOf(one: ValueType, other: ValueType): CanonicalType | null {
  if (isWholeNumber(one) && isWholeNumber(other)) return 'int';
  if (one.kind === 'decimal' && (other.kind === 'decimal' || isWholeNumber(other))) return 'decimal';
  if (one.kind === 'json' && (other.kind === 'json' || other.kind === 'text')) return 'json';
  if (one.kind === 'uuid' && isUuidStore(other)) return 'uuid';
  if (one.kind === 'set' && other.kind === 'set') return 'set';
  if (isTextLike(one) && isTextLike(other)) return 'text';
  if (one.kind === 'money' && (other.kind === 'money' || other.kind === 'decimal' || isWholeNumber(other)))
    return 'decimal';
  if (one.kind === other.kind) {
    const canonical = sameKind(one.kind);
    if (canonical !== null) return canonical;
  }
  return chooseStructured(one, other, sharedCanonical);
}

/** Pairs of which a repair knows how to write one as the other, which it does not inside of arrays and ranges. */
function canonicalOfColumns(one: ValueType, other: ValueType): CanonicalType | null {
  if (one.kind === 'date' && other.kind === 'datetime') return 'datetime';
  const isAnyBytes = other.kind === 'bytes' && other.numbers !== true && !isSixteenBytes(other);
  return isUtf8Text(one) && isAnyBytes ? 'bytes' : null;
}

/**
 * Whether text has one form as bytes. In another character set it has two, those that are stored and its UTF-8, and
 * migrations make either.
 */
function isUtf8Text(type: ValueType): boolean {
  return type.kind === 'text' && type.charset === 'utf8' && type.recoded !== true;
}

/** Whether text that has two forms as bytes stands beside bytes, of which nobody knows which form they are. */
export function isRecodedBeside(source: ValueType, target: ValueType): boolean {
  const isRecoded = (type: ValueType): boolean => type.kind === 'text' && !isUtf8Text(type);
  const isBytes = (type: ValueType): boolean => type.kind === 'bytes' && !isSixteenBytes(type);
  return (isRecoded(source) && isBytes(target)) || (isBytes(source) && isRecoded(target));
}

function isWholeNumber(type: ValueType): boolean {
  return type.kind === 'int' || type.kind === 'boolean' || (type.kind === 'bits' && type.numeric);
}

function isTextLike(type: ValueType): boolean {
  return type.kind === 'text' || type.kind === 'enum' || type.kind === 'set';
}

function isUuidStore(type: ValueType): boolean {
  return isSixteenBytes(type) || type.kind === 'uuid' || type.kind === 'text';
}

const UUID_CHARACTERS = 36;

/** Text of 36 characters against sixteen bytes: nothing else than a UUID is the one as well as the other. */
function isSpelledUuid(text: Column, bytes: Column): boolean {
  return (
    text.type.kind === 'text' && text.type.mostCharacters === UUID_CHARACTERS && isSixteenBytes(bytes.type)
  );
}

/** The only shape in which a UUID is stored as bytes. */
export function isSixteenBytes(type: ValueType): boolean {
  return type.kind === 'bytes' && type.fixed && type.length === 16;
}

function sameKind(kind: ValueType['kind']): CanonicalType | null {
  switch (kind) {
    case 'float':
    case 'bytes':
    case 'bits':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
    case 'interval':
    case 'inet':
    case 'geometry':
      return kind;
    default:
      return null;
  }
}

function incomparableReason(source: Column, target: Column): string {
  const kinds = new Set([source.type.kind, target.type.kind]);
  const pair = `${source.declared} on the source and ${target.declared} on the target`;
  if (kinds.has('datetime') && kinds.has('instant')) {
    return `${pair}: one has no time zone and the other is a point in time, so a zone would have to be assumed`;
  }
  const unlike = unlikeReason(kinds, [source.type, target.type]);
  if (unlike !== null) return `${pair}: ${unlike}`;
  const counterpart = describeStructured(source.type) ?? describeStructured(target.type);
  return counterpart === null ? `${pair} have no rule to compare them` : `${pair}: ${counterpart}`;
}

function unlikeReason(kinds: ReadonlySet<ValueType['kind']>, types: readonly ValueType[]): string | null {
  if (kinds.has('date') && kinds.has('instant')) {
    return 'on which day a point in time is depends on the time zone';
  }
  if (kinds.has('text') && kinds.has('bytes')) {
    if (types.some(isSixteenBytes))
      return 'sixteen bytes are compared only with text of 36 characters, as UUIDs';
    return types.every((type) => type.kind === 'bytes' || isUtf8Text(type))
      ? 'the bytes are numbers'
      : 'the bytes may be the text as it is stored, or as UTF-8, and in its character set the two are not the same';
  }
  if (kinds.has('set') && kinds.has('array')) {
    return 'a set is compared only with an array of text, and only where none of its labels is empty';
  }
  return null;
}

/** The text type under a text, enum or set column; null for every other type. */
export function textTypeOf(type: ValueType): TextType | null {
  if (type.kind === 'text') return type;
  return type.kind === 'enum' || type.kind === 'set' ? type.text : null;
}
