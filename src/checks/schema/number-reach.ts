import type { ValueType } from '../../core/schema.js';

/** Which numbers a type holds. Those of a float have no end that a column is declared with. */
export interface NumberReach {
  readonly least: bigint;
  readonly most: bigint;
  /** Digits behind the point; null for as many as one likes. */
  readonly scale: number | null;
}

/** What a type of exact numbers with an end holds; null for all others. */
export function reachOf(type: ValueType): NumberReach | null {
  switch (type.kind) {
    case 'int': {
      const bits = BigInt(type.bits);
      return type.unsigned
        ? { least: 0n, most: 2n ** bits - 1n, scale: 0 }
        : { least: -(2n ** (bits - 1n)), most: 2n ** (bits - 1n) - 1n, scale: 0 };
    }
    case 'decimal': {
      const { precision, scale = 0 } = type;
      if (precision === undefined) return null;
      const most = 10n ** BigInt(Math.max(0, precision - scale)) - 1n;
      return { least: -most, most, scale: Math.max(0, scale) };
    }
    case 'boolean':
      return { least: 0n, most: 1n, scale: 0 };
    case 'bits':
      return type.numeric ? { least: 0n, most: 2n ** BigInt(type.length ?? 64) - 1n, scale: 0 } : null;
    default:
      return null;
  }
}

/** Whether a type is of numbers at all. */
export function isNumber({ kind }: ValueType): boolean {
  return kind === 'int' || kind === 'decimal' || kind === 'float' || kind === 'boolean';
}
