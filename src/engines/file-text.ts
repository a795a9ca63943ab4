/**
 * What no line of a repair file holds as it is: controls (a line break could begin a client's command), and what hides
 * or turns round text for whoever reads the file before applying it.
 */
export const HIDDEN_CHARACTERS = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** What most statements are, in which there is nothing to look for. */
const PRINTABLE = /^[ -~]*$/;

/** Whether a text has such a character. */
export function hasHidden(text: string): boolean {
  if (PRINTABLE.test(text)) return false;
  return text.search(HIDDEN_CHARACTERS) !== -1;
}
