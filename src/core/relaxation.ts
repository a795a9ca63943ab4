/** A number that two values may be apart, as exact text: in the values' own unit, or as a share of the larger one. */
export interface Tolerance {
  readonly kind: 'absolute' | 'relative';
  /** Digits with an optional point and exponent; a relative one is a share: 0.01 is 1%. */
  readonly size: string;
}

/**
 * What times are rounded to: milliseconds, seconds, or a number of fraction digits. Servers round to the digits of a column
 * (`datetime(4)`, `timestamp(2)`), and none rounds to more than seconds.
 *
 * @see https://www.postgresql.org/docs/current/datatype-datetime.html
 */
export type RoundingUnit = 'ms' | 's' | '1' | '2' | '4' | '5';
/** What times are cut to. */
export type TruncationUnit = RoundingUnit | 'min';

/** Each unit by every name that it has. */
const ROUNDINGS: ReadonlyMap<string, RoundingUnit> = new Map([
  ...(['ms', 's', '1', '2', '4', '5'] as const).map((unit) => [unit, unit] as const),
  ['3', 'ms'],
  ['0', 's'],
]);
const TRUNCATIONS: ReadonlyMap<string, TruncationUnit> = new Map([...ROUNDINGS, ['min', 'min'] as const]);

/** One way in which the user allows the two values of a column to differ. */
export type Relaxation =
  | { readonly kind: 'trim' | 'ignoreCase' | 'nullAsEmpty' }
  | { readonly kind: 'truncateTo'; readonly unit: TruncationUnit }
  | { readonly kind: 'roundTo'; readonly unit: RoundingUnit }
  | { readonly kind: 'tolerance'; readonly tolerance: Tolerance };

/** What can be relaxed, in the words that the user writes. */
export const RELAXATION_FORMS =
  'trim, ignoreCase, nullAsEmpty, truncateTo=ms|s|min|DIGITS, roundTo=ms|s|DIGITS (0 to 5), tolerance=NUMBER or NUMBER%';

const NUMBER = /^(\d+(?:\.\d+)?|\.\d+)(?:e([+-]?\d{1,3}))?(%?)$/i;
/** Below this share the logarithm by which values are grouped is not exact enough. */
const LEAST_SHARE = 1e-12;

/** Reads `trim` or `tolerance=0.01`; null where it is no relaxation. */
export function parseRelaxation(text: string): Relaxation | null {
  const [name, value, more] = text.split('=').map((part) => part.trim());
  if (more !== undefined) return null;
  switch (name) {
    case 'trim':
    case 'ignoreCase':
    case 'nullAsEmpty':
      return value === undefined ? { kind: name } : null;
    case 'truncateTo': {
      const unit = TRUNCATIONS.get(value ?? '');
      return unit === undefined ? null : { kind: name, unit };
    }
    case 'roundTo': {
      const unit = ROUNDINGS.get(value ?? '');
      return unit === undefined ? null : { kind: name, unit };
    }
    case 'tolerance': {
      const tolerance = parseTolerance(value ?? '');
      return tolerance === null ? null : { kind: name, tolerance };
    }
    default:
      return null;
  }
}

function parseTolerance(text: string): Tolerance | null {
  const [, digits, exponent = '0', percent] = NUMBER.exec(text) ?? [];
  if (digits === undefined) return null;
  const share = percent === '%';
  const size = `${digits}e${Number(exponent) - (share ? 2 : 0)}`;
  const number = Number(size);
  if (!(number > 0) || number === Number.POSITIVE_INFINITY) return null;
  if (share && (number < LEAST_SHARE || number >= 1)) return null;
  return { kind: share ? 'relative' : 'absolute', size };
}

/** The relaxation as the user would write it. */
export function formatRelaxation(relaxation: Relaxation): string {
  switch (relaxation.kind) {
    case 'truncateTo':
    case 'roundTo':
      return `${relaxation.kind}=${relaxation.unit}`;
    case 'tolerance': {
      const { kind, size } = relaxation.tolerance;
      return `tolerance=${kind === 'absolute' ? Number(size) : `${Number((Number(size) * 100).toPrecision(12))}%`}`;
    }
    default:
      return relaxation.kind;
  }
}
