import type { Column, ValueType } from '../../core/schema.js';
import type { CodecColumn, FieldFormatter } from '../row-codec.js';
import { asKind, countBounds, RANGE, readArrayShape, readParts } from './codec-structures.js';
import { withUtc } from './dialect.js';

type PartFormatter = (buffer: Buffer, start: number, end: number) => string | null;

/** The formatter of an array, range or composite, as the server would write it; null for a type without parts. */
export function structureFormatter(
  { column, partner }: Pick<CodecColumn, 'column' | 'partner'>,
  compile: (column: Pick<CodecColumn, 'column' | 'partner'>) => FieldFormatter,
): FieldFormatter | null {
  const { type } = column;
  const part = (own: Column, other: Column | undefined): PartFormatter =>
    asText(own.type, compile({ column: own, partner: other?.type ?? own.type }));
  switch (type.kind) {
    case 'array':
      return arrayFormatter(
        part(type.element, asKind(partner, 'array')?.element),
        delimiterOf(type.element.type),
      );
    case 'range':
      return rangeFormatter(part(type.bound, asKind(partner, 'range')?.bound));
    case 'multirange': {
      const format = rangeFormatter(part(type.bound, asKind(partner, 'multirange')?.bound));
      return multirangeFormatter(format);
    }
    case 'composite':
      return compositeFormatter(
        type.fields.map((field, i) => part(field, asKind(partner, 'composite')?.fields[i])),
      );
    default:
      return null;
  }
}

/**
 * Bytes inside a structure have the server's own spelling, and points in time say their zone, because what reads them
 * sees the whole structure only. NULL is a start of -1.
 */
function asText({ kind }: ValueType, format: FieldFormatter): PartFormatter {
  return (buffer, start, end) => {
    if (start < 0) return null;
    const value = format(buffer, start, end);
    if (value !== null && typeof value === 'object') return `\\x${value.hex}`;
    return kind === 'instant' && value !== null ? withUtc(value) : value;
  };
}

/** `box` is the one type whose values hold commas unquoted. */
function delimiterOf(type: ValueType): string {
  return type.kind === 'geometric' && type.shape === 'box' ? ';' : ',';
}

function arrayFormatter(format: PartFormatter, delimiter: string): FieldFormatter {
  return (buffer, start, end) => {
    const { sizes, lowers, ...span } = readArrayShape(buffer, start);
    if (sizes.length === 0) return '{}';
    const texts: string[] = [];
    readParts(buffer, { ...span, end, hasTypes: false }, (from, to) => {
      const text = format(buffer, from, to);
      texts.push(text === null ? 'NULL' : quoteElement(text, delimiter));
    });
    const bounds = lowers.every((lower) => lower === 1)
      ? ''
      : `${sizes.map((size, i) => `[${lowers[i]}:${(lowers[i] ?? 1) + size - 1}]`).join('')}=`;
    return bounds + nest(texts, sizes, delimiter);
  };
}

/** Puts braces around the elements of each dimension, the last one first. */
function nest(texts: readonly string[], sizes: readonly number[], delimiter: string): string {
  let level = texts;
  for (const size of [...sizes].reverse()) {
    level = Array.from(
      { length: level.length / size },
      (_, i) => `{${level.slice(i * size, (i + 1) * size).join(delimiter)}}`,
    );
  }
  return level[0] ?? '{}';
}

function quoteElement(text: string, delimiter: string): string {
  const plain = text !== '' && !/[{}"\\\s]/.test(text) && !text.includes(delimiter) && !/^null$/i.test(text);
  return plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function rangeFormatter(format: PartFormatter): FieldFormatter {
  return (buffer, start, end) => {
    const flags = buffer[start] as number;
    if ((flags & RANGE.empty) !== 0) return 'empty';
    const bounds: string[] = [];
    readParts(buffer, { start: start + 1, end, count: countBounds(flags), hasTypes: false }, (from, to) => {
      bounds.push(quotePart(format(buffer, from, to) ?? '', /[()[\],"\\\s]/));
    });
    const lower = (flags & RANGE.lowerInfinite) === 0 ? bounds.shift() : '';
    const upper = (flags & RANGE.upperInfinite) === 0 ? bounds.shift() : '';
    const open = (flags & RANGE.lowerInclusive) === 0 ? '(' : '[';
    return `${open}${lower},${upper}${(flags & RANGE.upperInclusive) === 0 ? ')' : ']'}`;
  };
}

function multirangeFormatter(format: FieldFormatter): FieldFormatter {
  return (buffer, start, end) => {
    const ranges: string[] = [];
    const span = { start: start + 4, end, count: buffer.readInt32BE(start), hasTypes: false };
    readParts(buffer, span, (from, to) => ranges.push(String(format(buffer, from, to))));
    return `{${ranges.join(',')}}`;
  };
}

function compositeFormatter(formats: readonly PartFormatter[]): FieldFormatter {
  return (buffer, start, end) => {
    const texts: string[] = [];
    readParts(buffer, { start: start + 4, end, count: formats.length, hasTypes: true }, (from, to, i) => {
      const text = formats[i]?.(buffer, from, to) ?? null;
      texts.push(text === null ? '' : quotePart(text, /[(),"\\\s]/));
    });
    return `(${texts.join(',')})`;
  };
}

function quotePart(text: string, special: RegExp): string {
  return text !== '' && !special.test(text) ? text : `"${text.replace(/["\\]/g, '$&$&')}"`;
}
