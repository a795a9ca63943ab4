/** The first byte, in UTF-8, of each character that the first byte of a character is taken for: U+00C2 to U+00F4. */
const LEAD = 0xc3;
const LEAST_SECOND = 0x82;
const MOST_SECOND = 0xb4;
/**
 * The first bytes, in UTF-8, of what the bytes 0x80 to 0xbf are taken for, in latin1 and in cp1252: U+0080 to U+00BF, and
 * the characters from U+0152 to U+2122 that cp1252 has in the place of controls.
 */
const FOLLOWERS: ReadonlySet<number> = new Set([0xc2, 0xc5, 0xc6, 0xcb, 0xe2]);

/**
 * Whether bytes may hold text that was encoded as UTF-8 twice. True also for other bytes that look like it, never false where
 * there is such text: rows in which nothing looks like it need not be read as text to say so.
 */
export function mayHoldTwiceEncoded(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LEAD); at >= 0 && at + 2 < bytes.length; at = bytes.indexOf(LEAD, at + 1)) {
    const second = bytes[at + 1] as number;
    if (second >= LEAST_SECOND && second <= MOST_SECOND && FOLLOWERS.has(bytes[at + 2] as number))
      return true;
  }
  return false;
}
