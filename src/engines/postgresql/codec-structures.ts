import { sharedCanonical } from '../../core/canonical-type.js';
import { PLAIN } from '../../core/column-rule.js';
import { encodeArrayHead } from '../../core/encoding/array.js';
import { encodeNull, TAG } from '../../core/encoding/canonical.js';
import type { Column, StructuredType, ValueType } from '../../core/schema.js';
import { unexpectedRow } from '../field-format.js';
import type { CodecColumn, FieldEncoder } from '../row-codec.js';

export const RANGE = {
  empty: 0x01,
  lowerInclusive: 0x02,
  upperInclusive: 0x04,
  lowerInfinite: 0x08,
  upperInfinite: 0x10,
};
/** Flags by which the server only notes how a range came about are no part of its value. */
const RANGE_VALUE_FLAGS = 0x1f;

/** Calls `onPart` for every part in `[start, end)`, each behind its length; NULL is a start of -1. */
export function readParts(
  buffer: Buffer,
  span: { readonly start: number; readonly end: number; readonly count: number; readonly hasTypes: boolean },
  onPart: (start: number, end: number, index: number) => void,
): void {
  let at = span.start;
  // Each part has a length of four bytes at least, so that no wrong count keeps the loop going.
  if (span.count < 0 || span.count * 4 > span.end - span.start) throw unexpectedRow();
  for (let i = 0; i < span.count; i++) {
    if (span.hasTypes) at += 4;
    const length = buffer.readInt32BE(at);
    at += 4;
    if (at + length > span.end) throw unexpectedRow();
    if (length < 0) onPart(-1, -1, i);
    else onPart(at, at + length, i);
    at += Math.max(length, 0);
  }
  if (at !== span.end) throw unexpectedRow();
}

/** PostgreSQL has no arrays of more. */
const MOST_DIMENSIONS = 6;

/** The shape of an array on the wire: the size and the lower bound of each dimension, and where its elements begin. */
export interface ArrayShape {
  readonly sizes: readonly number[];
  readonly lowers: readonly number[];
  readonly count: number;
  readonly start: number;
}

/** @see https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/utils/adt/arrayfuncs.c (array_send) */
export function readArrayShape(buffer: Buffer, start: number): ArrayShape {
  const dimensions = buffer.readInt32BE(start);
  if (dimensions < 0 || dimensions > MOST_DIMENSIONS) throw unexpectedRow();
  const at = (dimension: number): number => start + 12 + 8 * dimension;
  const indexes = Array.from({ length: dimensions }, (_, i) => i);
  const sizes = indexes.map((i) => buffer.readInt32BE(at(i)));
  return {
    sizes,
    lowers: indexes.map((i) => buffer.readInt32BE(at(i) + 4)),
    count: dimensions === 0 ? 0 : sizes.reduce((product, size) => product * size, 1),
    start: at(dimensions),
  };
}

/**
 * The encoder of an array, range or composite by the rules of its parts; the type numbers on the wire are left out,
 * because those of another database are others. Null for a type that has no parts.
 */
export function structureEncoder(
  { column, partner }: Pick<CodecColumn, 'column' | 'partner'>,
  compile: (column: CodecColumn) => FieldEncoder,
): FieldEncoder | null {
  const { type } = column;
  const part = (own: Column, other: Column | undefined): FieldEncoder => {
    const partnerType = other?.type ?? own.type;
    const canonical = sharedCanonical(own.type, partnerType) ?? 'wire';
    return orNull(compile({ column: own, canonical, partner: partnerType, rule: PLAIN }));
  };
  switch (type.kind) {
    case 'array':
      return arrayEncoder(part(type.element, asKind(partner, 'array')?.element));
    case 'range':
      return rangeEncoder(part(type.bound, asKind(partner, 'range')?.bound));
    case 'multirange':
      return multirangeEncoder(rangeEncoder(part(type.bound, asKind(partner, 'multirange')?.bound)));
    case 'composite':
      return compositeEncoder(
        type.fields.map((field, i) => part(field, asKind(partner, 'composite')?.fields[i])),
      );
    default:
      return null;
  }
}

/** A type as one of a kind, or null where it is of another. */
export function asKind<K extends StructuredType['kind']>(
  type: ValueType,
  kind: K,
): Extract<StructuredType, { kind: K }> | null {
  return type.kind === kind ? (type as Extract<StructuredType, { kind: K }>) : null;
}

function orNull(encode: FieldEncoder): FieldEncoder {
  return (buffer, start, end, sink) => {
    if (start < 0) encodeNull(sink);
    else encode(buffer, start, end, sink);
  };
}

/** Dimensions with their lower bounds, then the elements: `[2:3]={1,2}` is not `{1,2}`, in the server's view too. */
function arrayEncoder(encodeElement: FieldEncoder): FieldEncoder {
  return (buffer, start, end, sink) => {
    const shape = readArrayShape(buffer, start);
    encodeArrayHead(sink, shape.sizes, shape.lowers);
    const span = { start: shape.start, end, count: shape.count, hasTypes: false };
    readParts(buffer, span, (from, to) => encodeElement(buffer, from, to, sink));
  };
}

function rangeEncoder(encodeBound: FieldEncoder): FieldEncoder {
  return (buffer, start, end, sink) => {
    const flags = (buffer[start] as number) & RANGE_VALUE_FLAGS;
    sink.writeByte(TAG.range);
    sink.writeByte(flags);
    const span = { start: start + 1, end, count: countBounds(flags), hasTypes: false };
    readParts(buffer, span, (from, to) => encodeBound(buffer, from, to, sink));
  };
}

/** How many bounds follow the flags of a range. */
export function countBounds(flags: number): number {
  if ((flags & RANGE.empty) !== 0) return 0;
  return ((flags & RANGE.lowerInfinite) === 0 ? 1 : 0) + ((flags & RANGE.upperInfinite) === 0 ? 1 : 0);
}

function multirangeEncoder(encodeRange: FieldEncoder): FieldEncoder {
  return (buffer, start, end, sink) => {
    const count = buffer.readInt32BE(start);
    sink.writeByte(TAG.multirange);
    sink.writeLength(count);
    readParts(buffer, { start: start + 4, end, count, hasTypes: false }, (from, to) =>
      encodeRange(buffer, from, to, sink),
    );
  };
}

function compositeEncoder(fields: readonly FieldEncoder[]): FieldEncoder {
  return (buffer, start, end, sink) => {
    const count = buffer.readInt32BE(start);
    if (count !== fields.length) throw unexpectedRow();
    sink.writeByte(TAG.composite);
    sink.writeLength(count);
    readParts(buffer, { start: start + 4, end, count, hasTypes: true }, (from, to, i) =>
      fields[i]?.(buffer, from, to, sink),
    );
  };
}
