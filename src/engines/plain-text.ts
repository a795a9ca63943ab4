/** A name in SQL, in either engine's quotes or bare, as part of a pattern. */
export const NAME = '(?:"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`|[\\w$\\u0080-\\uffff]+)';

/** How quotes end: with a backslash as any other character, or with one that takes the next along. */
const QUOTES = [
  { string: "'[^']*(?:'|$)", name: '"[^"]*"' },
  {
    string: "'[^'\\\\]*(?:\\\\[\\s\\S][^'\\\\]*)*(?:'|$)",
    name: '"[^"\\\\]*(?:\\\\[\\s\\S][^"\\\\]*)*"',
  },
];
const LINE_COMMENTS = ['--[^\\n]*', '--(?=\\s|$)[^\\n]*', '(?:--(?=\\s|$)|#)[^\\n]*'];
const DOLLARS = '\\$(?<tag>(?:[A-Za-z_\\u0080-\\uffff][\\w\\u0080-\\uffff]*)?)\\$[\\s\\S]*?\\$\\k<tag>\\$';
const BLOCK_COMMENT = '/\\*(?!!|M!)[\\s\\S]*?(?:\\*/|$)';
/** Matches nothing, where a text has no such quotes. */
const NOTHING = '(?!)';

/**
 * A text without its comments and strings. Whether a backslash escapes a quote, `--` needs a space behind it, `#` begins a
 * comment and `$$` a string depends on the server and its settings: what is said in any reading counts.
 */
export function plainForms(text: string): string[] {
  const dollars = new RegExp(DOLLARS).test(text) ? [NOTHING, DOLLARS] : [NOTHING];
  const patterns = QUOTES.flatMap(({ string, name }) =>
    LINE_COMMENTS.flatMap((comment) =>
      dollars.map(
        (dollar) =>
          new RegExp(`(?<name>${name}|\`[^\`]*\`)|${string}|${dollar}|${comment}|${BLOCK_COMMENT}`, 'g'),
      ),
    ),
  );
  return [...new Set(patterns.map((pattern) => withoutParts(text, pattern)))];
}

function withoutParts(text: string, pattern: RegExp): string {
  return text.replace(pattern, (part, name: string | undefined) => {
    // No name has a quote behind a backslash in it: that is a string of MySQL.
    if (name !== undefined) return name.includes('\\"') ? "''" : name;
    return part.startsWith("'") || part.startsWith('$') ? "''" : ' ';
  });
}

/** Whether a comment begins in another one: engines disagree on where such a comment ends. */
export function hasCommentInComment(text: string): boolean {
  for (let start = text.indexOf('/*'); start >= 0; ) {
    const end = text.indexOf('*/', start + 2);
    const next = text.indexOf('/*', start + 2);
    if (next >= 0 && (end < 0 || next < end)) return true;
    start = next;
  }
  return false;
}
