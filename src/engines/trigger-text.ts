/** What makes a trigger change rows that nobody listed, as its own text says it. */
const CHANGES_ROWS =
  /\bdelete\s+from\b|\btruncate\b|\bmerge\s+into\b|\breplace\s+into\b|\bcall\s|\bexecute\b|\bupdate\s+(?:only\s+)?[\w."`$]+(?:\s+(?:as\s+)?\w+)?\s+set\b/i;

/** Whether the text of a trigger may remove or change rows of any table; adding some, as an audit does, is no harm. */
export function changesOtherRows(text: string): boolean {
  return CHANGES_ROWS.test(withoutComments(text));
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}
