/**
 * The first byte of each canonical JSON value; ASCII, so that a dump can be read.
 *
 * After it: nothing for null, true, false and zero; a length and bytes for a string; a 32-bit count and the elements
 * for an array; a 32-bit count and (length, key, value) per member for an object; exponent, length and significant
 * digits for a number. A count rather than a byte length, because it can be filled in without moving what was
 * written, and 32 bits wide for the same reason.
 */
export const JSON_TAG = {
  null: 0x6e,
  true: 0x74,
  false: 0x66,
  string: 0x73,
  array: 0x5b,
  object: 0x7b,
  zero: 0x30,
  positive: 0x2b,
  negative: 0x2d,
  /** A number whose exponent does not fit 32 bits: the exponent follows as text. */
  positiveWide: 0x50,
  negativeWide: 0x4e,
} as const;
