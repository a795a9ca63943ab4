import { spellUnseen } from '../../words/visible-text.js';

/**
 * Puts what a server or a user named into a code span, in which nothing is live: no mention, issue, link, image, HTML or
 * emphasis. The span is fenced by more backticks than any run in it. What would end a line or not be seen is spelled, and
 * so is `|`, which would end a cell of a table even in a code span.
 */
export function codeSpan(text: string): string {
  const shown = spellUnseen(text)
    .replace(/\s*\n\s*|\t/g, ' ')
    .replaceAll('|', '\\u{7c}');
  if (shown === '') return '` `';
  const runs = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  // A blank inside of each fence is taken away again where both sides have one.
  const needsRoom = /^`|`$|^ .* $/.test(shown);
  return needsRoom ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

/** The same of a text that may be long: its first characters, and that there are more. */
export function shortCodeSpan(text: string, most: number): string {
  const characters = [...text.slice(0, most * 2)];
  return codeSpan(characters.length <= most ? text : `${characters.slice(0, most).join('')}…`);
}
