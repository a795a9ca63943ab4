import type { Column, ValueType } from './schema.js';

/**
 * The canonical types beyond plain values. `exact` compares what the server sends; `wire` does too, but only equal
 * bytes say something: a pair of columns without a rule differs in bytes for reasons that nobody here knows.
 */
export type StructuredCanonical =
  | 'array'
  | 'range'
  | 'multirange'
  | 'composite'
  | 'interval'
  | 'inet'
  | 'geometric'
  | 'geometry'
  | 'exact'
  | 'wire';

/** Chooses for two types; `share` chooses for their parts. */
export function chooseStructured(
  one: ValueType,
  other: ValueType,
  share: (one: ValueType, other: ValueType) => unknown,
): StructuredCanonical | null {
  const shares = (part: Column, partner: Column): boolean => share(part.type, partner.type) !== null;
  switch (one.kind) {
    case 'array':
      if (other.kind === 'set') return isLabel(one.element.type) && other.blank !== true ? 'array' : null;
      return other.kind === 'array' && shares(one.element, other.element) ? 'array' : null;
    case 'range':
    case 'multirange':
      return other.kind === one.kind && shares(one.bound, other.bound) ? one.kind : null;
    case 'composite':
      return other.kind === 'composite' && haveSameFields(one.fields, other.fields, shares)
        ? 'composite'
        : null;
    case 'interval':
      return other.kind === 'time' ? 'interval' : null;
    case 'inet':
      return other.kind === 'text' ? 'inet' : null;
    case 'geometric':
      return holdsShape(other, one.shape) ? 'geometric' : null;
    case 'exact':
      return other.kind === 'exact' && other.name === one.name ? 'exact' : null;
    case 'opaque':
      return other.kind === 'opaque' && other.name === one.name ? 'wire' : null;
    default:
      return null;
  }
}

function isLabel({ kind }: ValueType): boolean {
  return kind === 'text' || kind === 'enum';
}

function haveSameFields(
  fields: readonly Column[],
  others: readonly Column[],
  shares: (part: Column, partner: Column) => boolean,
): boolean {
  if (fields.length !== others.length) return false;
  return fields.every((field, i) => {
    const other = others[i];
    return other !== undefined && other.name === field.name && shares(field, other);
  });
}

/** PostgreSQL's `point` is the one shape that MySQL's spatial types hold as well. */
function holdsShape(type: ValueType, shape: string): boolean {
  if (type.kind === 'geometric') return type.shape === shape;
  return (
    type.kind === 'geometry' && shape === 'point' && (type.shape === 'point' || type.shape === 'geometry')
  );
}

/** Whether a value holds parts of a type without a rule, or is of one. */
export function isMadeOfOpaque(type: ValueType): boolean {
  return partsOf(type).some((part) => isMadeOfOpaque(part.type)) || type.kind === 'opaque';
}

/** The parts of an array, range or composite; none of any other type. */
export function partsOf(type: ValueType): readonly Column[] {
  switch (type.kind) {
    case 'array':
      return [type.element];
    case 'range':
    case 'multirange':
      return [type.bound];
    case 'composite':
      return type.fields;
    default:
      return [];
  }
}

/** Why a type has no counterpart in another, by its name for people; null for plain types. */
export function describeStructured(type: ValueType): string | null {
  switch (type.kind) {
    case 'array':
      return 'an array is compared only with an array whose elements have a rule, or with a set';
    case 'range':
    case 'multirange':
      return `a ${type.kind} is compared only with a ${type.kind} whose bounds have a rule`;
    case 'composite':
      return 'a composite is compared only with one that has the same fields, each with a rule';
    case 'interval':
      return 'an interval is compared only with an interval or a time';
    case 'inet':
      return 'a network address is compared only with an address or with text';
    case 'money':
      return 'an amount of money is compared only with money and exact numbers';
    case 'geometric':
      return `a ${type.shape} has no counterpart in the other type`;
    case 'geometry':
      return 'a spatial value is compared only with a spatial value';
    case 'exact':
      return `type ${type.name} has no counterpart but itself`;
    case 'opaque':
      return `type ${type.name} has no rule`;
    default:
      return null;
  }
}
