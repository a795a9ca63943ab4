const QUESTION_MARK = '0000003F';

/**
 * A character as a server spells it in UTF-32, as a code point; -1 where it has none, for which servers say `?`, and where
 * it is nothing that text in UTF-8 could hold.
 */
export function readCodePoint(hex: string | null | undefined): number {
  if (hex == null || hex === QUESTION_MARK || !/^[0-9A-F]{8}$/i.test(hex)) return -1;
  const point = Number.parseInt(hex, 16);
  return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? -1 : point;
}
