/** What makes a trigger change rows that nobody listed, as its own text says it. */
const CHANGES_ROWS =
  /\bdelete\s+from\b|\btruncate\b|\bmerge\s+into\b|\breplace\s+into\b|\bcall\s|\bexecute\b|\bupdate\s+(?:only\s+)?[\w."`$]+(?:\s+(?:as\s+)?\w+)?\s+set\b/i;

/** Whether the text of a trigger may remove or change rows of any table; adding some, as an audit does, is no harm. */
export function changesOtherRows(text: string): boolean {
  return CHANGES_ROWS.test(withoutComments(text));
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, ' ');
}

/**
 * Whether the text of a trigger that acts before a row is written gives a column a value of its own, whatever the
 * statement says. One that first asks something may not, and is taken for one that does not.
 */
function assignsColumn(text: string, column: string): boolean {
  const plain = withoutComments(text);
  if (/\b(?:if|case|when|loop|while)\b/i.test(plain)) return false;
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const assigned = `new\\s*\\.\\s*["\`]?${name}["\`]?\\s*`;
  const pattern = new RegExp(`\\b${assigned}:?=`, 'i');
  // Statement by statement: the text may be megabytes of SET without an end.
  const isSet = plain.split(';').some((statement) => {
    const at = statement.search(/\bset\b/i);
    return at >= 0 && pattern.test(statement.slice(at));
  });
  return isSet || new RegExp(`(?:\\bbegin|;)\\s*${assigned}:?=`, 'i').test(plain);
}

/** The columns that one of the triggers sets, with its name. */
export function findAssigned(
  columns: readonly { readonly name: string }[],
  triggers: readonly { readonly name: string; readonly text: string }[],
): ReadonlyMap<string, string> {
  return new Map(
    columns.flatMap(({ name }) => {
      const trigger = triggers.find(({ text }) => assignsColumn(text, name));
      return trigger === undefined ? [] : [[name, trigger.name] as const];
    }),
  );
}
