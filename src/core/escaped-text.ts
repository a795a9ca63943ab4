/**
 * Where a quoted text ends in which a backslash escapes, of which the first character is at `start`: the place of the next quote
 * that is not escaped, below 0 where there is none. It goes from one special character to the next, because an expression would need room
 * for each of them, and a value may have millions.
 */
export function findEscapedEnd(text: string, start: number, quote: '"' | "'"): number {
  const special = SPECIALS[quote];
  special.lastIndex = start;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === quote) return found.index;
    special.lastIndex = found.index + 2;
  }
  return -1;
}

const SPECIALS = { '"': /["\\]/g, "'": /['\\]/g } as const;
