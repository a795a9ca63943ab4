/** Words with which a statement changes or removes rows that are there, or what holds them; `FOR UPDATE` only locks. */
const CHANGES =
  /\b(?:delete|merge|call|execute|alter|drop)\b|\b(?:truncate|replace)\b(?!\s*\()|\bupdate\b(?<!\bfor\s+(?:no\s+key\s+)?update)/i;

const NAME = '(?:"[^"]*"|`[^`]*`|[\\w$\\u0080-\\uffff]+)';
const INSERT = /\binsert\b(?!\s*\()/gi;
const TARGET = new RegExp(
  `\\binsert\\s+(?:(?:low_priority|delayed|high_priority|ignore)\\s+){0,2}(?:into\\s+)?(?!into\\b)(${NAME}(?:\\s*\\.\\s*${NAME})*)`,
  'gi',
);
/** Once for each word, since a text may be a word of megabytes. */
const CALLED = new RegExp(`(?<![\\w$\\u0080-\\uffff])(${NAME})\\s*\\(`, 'g');

/**
 * What a text sets off, by a bare name: what acts on the rows that it adds to a table, or a function that it calls. One
 * that cannot be read has a text that may do anything, `ANYTHING`.
 */
export interface LinkedText {
  readonly on: 'insert' | 'call';
  readonly name: string;
  readonly text: string;
}

/** Stands for a text that cannot be read. */
export const ANYTHING = 'EXECUTE';

/**
 * Whether the text of a trigger may remove or change rows that are there. Adding some, as an audit does, is no harm, unless
 * a trigger of the table that they are added to does any, or a function that is called.
 */
export function mayChangeOtherRows(text: string, linked: readonly LinkedText[]): boolean {
  const waiting = new Set(linked);
  const texts = [text];
  for (const each of texts) {
    const forms = plainForms(each);
    if (forms.some((form) => CHANGES.test(withoutNames(form)))) return true;
    const reached = { insert: insertTargets(forms), call: calledNames(forms) };
    for (const link of waiting) {
      if (reached[link.on]?.has(link.name.toLowerCase()) === false) continue;
      waiting.delete(link);
      texts.push(link.text);
    }
  }
  return false;
}

/** The bare names of the tables that a text adds rows to; null where they cannot be made out. */
function insertTargets(forms: readonly string[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const form of forms) {
    const found = [...form.matchAll(TARGET)];
    if (found.length < (form.match(INSERT)?.length ?? 0)) return null;
    for (const [, target = ''] of found) names.add(bareName(target).toLowerCase());
  }
  return names;
}

function calledNames(forms: readonly string[]): ReadonlySet<string> {
  return new Set(
    forms.flatMap((form) => [...form.matchAll(CALLED)].map(([, name = '']) => bareName(name).toLowerCase())),
  );
}

function bareName(target: string): string {
  const parts = target.match(new RegExp(NAME, 'g')) ?? [];
  return (parts.at(-1) ?? '').replace(/^["`]|["`]$/g, '');
}

const withoutNames = (form: string): string => form.replace(/"[^"]*"|`[^`]*`/g, '_');

/**
 * A text without its comments and strings. Whether a backslash escapes a quote, and whether `--` needs a space behind it,
 * depends on the server and its settings: what is said in any reading counts.
 */
function plainForms(text: string): string[] {
  const strings = ["'[^']*(?:'|$)", "'(?:[^'\\\\]|\\\\[\\s\\S])*(?:'|$)"];
  const comments = ['--[^\\n]*', '--(?=\\s|$)[^\\n]*'];
  const forms = strings.flatMap((string) =>
    comments.map((comment) => {
      const parts = new RegExp(
        `("[^"]*"|\`[^\`]*\`)|${string}|${comment}|/\\*(?!!|M!)[\\s\\S]*?(?:\\*/|$)`,
        'g',
      );
      return text.replace(
        parts,
        (part, name: string | undefined) => name ?? (part.startsWith("'") ? "''" : ' '),
      );
    }),
  );
  return [...new Set(forms)];
}

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
