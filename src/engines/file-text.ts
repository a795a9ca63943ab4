/**
 * What no line of a repair file holds as it is: controls (a line break could begin a client's command), and what hides
 * or turns round text for whoever reads the file before applying it.
 */
export const HIDDEN_CHARACTERS = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Whether a text has such a character. */
export function hasHidden(text: string): boolean {
  return text.search(HIDDEN_CHARACTERS) !== -1;
}
