import { plainForms } from './plain-text.js';

const nameOf = (column: string): string => `["\`]?${column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["\`]?`;

/**
 * Whether the text of a trigger that acts before a row is written gives a column a value of its own, whatever the
 * statement says. One that first asks something may not, and is taken for one that does not.
 */
function assignsColumn(forms: readonly string[], column: string): boolean {
  const [plain = ''] = forms;
  if (/\b(?:if|case|when|loop|while)\b/i.test(plain)) return false;
  const assigned = `new\\s*\\.\\s*${nameOf(column)}\\s*`;
  const pattern = new RegExp(`\\b${assigned}:?=`, 'i');
  // Statement by statement: the text may be megabytes of SET without an end.
  const isSet = plain.split(';').some((statement) => {
    const at = statement.search(/\bset\b/i);
    return at >= 0 && pattern.test(statement.slice(at));
  });
  return isSet || new RegExp(`(?:\\bbegin|;)\\s*${assigned}:?=`, 'i').test(plain);
}

/** Gives the whole row another value, or returns another row. */
const ANY_COLUMN =
  /\bnew\s*:?=|\breturn\s+(?!\s|(?:new|old|null|coalesce\s*\(\s*(?:new|old)\s*,\s*(?:new|old)\s*\))\s*;)|\binto\s+(?:strict\s+)?new\b(?!\s*\.)/i;

/** Whether the text of a trigger may give a column another value than the statement does. */
function maySetColumn(forms: readonly string[], column: string): boolean {
  const own = `\\bnew\\s*\\.\\s*${nameOf(column)}`;
  const pattern = new RegExp(
    `${own}\\s*:=|(?:^|[;,]|\\b(?:set|begin|then|else|loop|into|strict))\\s*${own}\\s*(?:[=,;]|\\bfrom\\b)`,
    'i',
  );
  return forms.some((form) => ANY_COLUMN.test(form) || pattern.test(form));
}

interface NamedTrigger {
  readonly name: string;
  readonly text: string;
}

type Columns = readonly { readonly name: string }[];

/** The columns that one of the triggers sets, with its name. */
export function findAssigned(
  columns: Columns,
  triggers: readonly NamedTrigger[],
): ReadonlyMap<string, string> {
  return findColumns(columns, triggers, assignsColumn);
}

/** The columns that one of the triggers may set, with its name. */
export function findSettable(
  columns: Columns,
  triggers: readonly NamedTrigger[],
): ReadonlyMap<string, string> {
  return findColumns(columns, triggers, maySetColumn);
}

function findColumns(
  columns: Columns,
  triggers: readonly NamedTrigger[],
  matches: (forms: readonly string[], column: string) => boolean,
): ReadonlyMap<string, string> {
  const known = triggers.map(({ name, text }) => ({ name, forms: plainForms(text) }));
  return new Map(
    columns.flatMap(({ name }) => {
      const trigger = known.find(({ forms }) => matches(forms, name));
      return trigger === undefined ? [] : [[name, trigger.name] as const];
    }),
  );
}
