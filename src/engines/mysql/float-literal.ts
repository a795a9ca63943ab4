const LARGEST_SINGLE = 3.4028234663852886e38;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * The literal that stores a number in a FLOAT or DOUBLE. With an exponent the server reads a double; without one a decimal,
 * which it would round another way. A double beyond the largest FLOAT is refused, and the shortest digits of that FLOAT are one.
 */
export function floatLiteral(text: string, bits: 32 | 64): string {
  if (bits === 32 && Math.abs(Number(text)) > LARGEST_SINGLE) return singleLiteral(text);
  return withExponent(text);
}

/**
 * The literal that a FLOAT equals: the double that it is. The shortest digits that read back as the same FLOAT are another
 * double, and far from it where a FLOAT has few bits left, below 1.2e-38.
 */
export function singleLiteral(text: string): string {
  const single = Math.fround(Number(text));
  return withExponent(Object.is(single, -0) ? '0' : String(single));
}

/** SQL that is compared with a FLOAT: a literal by the FLOAT that it is stored as, and anything else, such as NULL, as it is. */
export function asSingle(expression: string): string {
  return NUMBER.test(expression) ? singleLiteral(expression) : expression;
}

function withExponent(digits: string): string {
  return /e/i.test(digits) ? digits : `${digits}e0`;
}
