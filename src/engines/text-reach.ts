import { hasCommentInComment, NAME, plainForms } from './plain-text.js';

/** Words with which a statement changes or removes rows that are there, or what holds them; `FOR UPDATE` only locks. */
const CHANGES =
  /\b(?:delete|merge|call|execute|alter|drop)\b|\b(?:truncate|replace)\b(?!\s*\()|\bupdate\b(?<!\bfor\s+(?:no\s+key\s+)?update)/i;

/** What runs a text that is a value, or spells a name so that it cannot be read here. */
const HIDES =
  /\bdo\s+(?:language\s+\S+\s+)?(?:[a-z]&?)?(?:''|\$)|\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:function|procedure|trigger|rule|aggregate|operator|cast|event|definer)\b|\bcopy\s+[^;]*\b(?:from|to)\b|\bu&(?=["'])|\b(?:(?:query|cursor|table|schema|database)_to_xml\w*|ts_stat|ts_rewrite|dblink\w*|crosstab\w*|connectby|xpath_table|lo_\w+|lowrite)\s*\(/i;

/** Words that stand for operators, by the operator's own symbol. */
const SPELLED: Readonly<Record<string, RegExp>> = {
  '~~': /\blike\b/i,
  '!~~': /\blike\b/i,
  '~~*': /\bilike\b/i,
  '!~~*': /\bilike\b/i,
  '~': /\bsimilar\b/i,
  '!~': /\bsimilar\b/i,
  '=': /\b(?:in|any|some|case|nullif|distinct|using|natural)\b/i,
  '<>': /!=|\b(?:in|distinct)\b/i,
  '<': /\bbetween\b/i,
  '>': /\bbetween\b/i,
  '<=': /\bbetween\b/i,
  '>=': /\bbetween\b/i,
};

/** What event triggers look at. */
const COMMANDS = /\b(?:create|alter|drop|comment|grant|revoke|refresh|reindex|security|import)\b/i;

/** What computes the expressions of tables. */
const REBUILDS = /\b(?:analy[sz]e|reindex|cluster)\b/i;

const INSERT = /\binsert\b(?!\s*\()/gi;
const TARGET = new RegExp(
  `\\binsert\\s+(?:(?:low_priority|delayed|high_priority|ignore)\\s+){0,2}(?:into\\s+)?(?!into\\b)(${NAME}(?:\\s*\\.\\s*${NAME})*)`,
  'gi',
);
const NAMES = new RegExp(NAME, 'g');

/**
 * What a text sets off: by the bare name of a table or view that it adds rows to, by any name that it says, by an
 * operator in it, by a command that defines something, or whatever it says. One that cannot be read has a text that may do anything, `ANYTHING`.
 */
export interface LinkedText {
  readonly on: 'insert' | 'name' | 'operator' | 'command' | 'always';
  readonly name: string;
  readonly text: string;
}

/** Stands for a text that cannot be read. */
export const ANYTHING = 'EXECUTE';

/** What one text does by itself, and what it sets off; `inserts` is null where the tables cannot be made out. */
interface ReadText {
  readonly changes: boolean;
  readonly inserts: ReadonlySet<string> | null;
  readonly names: ReadonlySet<string>;
  readonly forms: readonly string[];
  /** It may compute what the tables compute of their rows. */
  readonly rebuilds: boolean;
}

/** A text that is set off, and what people call what holds it. */
interface Link {
  readonly label: string;
  readonly text: string;
}

type Links = ReadonlyMap<string, readonly Link[]>;

const LABELS: Readonly<Record<LinkedText['on'], (name: string) => string>> = {
  insert: (name) => `rows added to ${name}`,
  name: (name) => name,
  operator: (name) => `operator ${name}`,
  command: (name) => `event trigger ${name}`,
  always: (name) => name,
};

/**
 * Finds out whether what a server runs beside a statement may remove or change rows that are there, through any number of
 * steps. Adding some, as an audit does, is no harm.
 */
export class TextReach {
  readonly #links: Readonly<Record<LinkedText['on'], Links>>;
  readonly #read = new Map<string, ReadText>();

  constructor(linked: readonly LinkedText[]) {
    this.#links = {
      insert: byName(linked, 'insert'),
      name: byName(linked, 'name'),
      operator: byName(linked, 'operator'),
      always: byName(linked, 'always'),
      command: byName(linked, 'command'),
    };
  }

  /**
   * Whether a text may change or remove rows by itself or by anything that it sets off: what it does so through, nearest
   * first, for people; null where it does not.
   */
  findHarm(text: string): readonly string[] | null {
    const ways = new Map<string, readonly string[]>([[text, []]]);
    const add = (way: readonly string[], links: Iterable<Link>): void => {
      for (const { label, text: next } of links) if (!ways.has(next)) ways.set(next, [...way, label]);
    };
    add([], [...this.#links.always.values()].flat());
    for (const [each, way] of ways) {
      const read = this.#readOnce(each);
      if (read.changes) return way;
      add(way, this.#setOffBy(read));
    }
    return null;
  }

  #readOnce(text: string): ReadText {
    const known = this.#read.get(text) ?? readText(text);
    this.#read.set(text, known);
    return known;
  }

  *#setOffBy({ inserts, names, forms, rebuilds }: ReadText): Generator<Link> {
    const { insert, name, operator } = this.#links;
    for (const target of inserts ?? insert.keys()) yield* insert.get(target) ?? [];
    if (rebuilds)
      yield* [...insert.values()]
        .flat()
        .map(({ text }) => ({ label: 'what ANALYZE or REINDEX computes', text }));
    for (const said of names) yield* name.get(said) ?? [];
    for (const [symbol, texts] of operator)
      if (forms.some((form) => saysOperator(form, symbol))) yield* texts;
    if (forms.some((form) => COMMANDS.test(form))) yield* [...this.#links.command.values()].flat();
  }
}

/** What adding rows to a view adds rows to: any table that its text names. */
export function insertsThrough(definition: string): string {
  const names = namesIn(plainForms(definition));
  return [...names].map((name) => `INSERT INTO "${name.replaceAll('"', '""')}";`).join(' ');
}

/** What follows a text that was set off, for a sentence about what did it. */
export const through = (way: readonly string[]): string =>
  way.length === 0 ? '' : `, through ${way.join(', then ')}`;

function byName(linked: readonly LinkedText[], on: LinkedText['on']): Links {
  const found = new Map<string, Link[]>();
  for (const { name, text } of linked.filter((link) => link.on === on)) {
    const links = found.get(name.toLowerCase()) ?? [];
    links.push({ label: LABELS[on](name), text });
    found.set(name.toLowerCase(), links);
  }
  return found;
}

function readText(text: string): ReadText {
  const forms = plainForms(text);
  const changes =
    hasCommentInComment(text) || forms.some((form) => CHANGES.test(withoutNames(form)) || HIDES.test(form));
  return {
    changes,
    inserts: insertTargets(forms),
    names: namesIn(forms),
    forms,
    rebuilds: forms.some((form) => REBUILDS.test(form)),
  };
}

/** The bare names of the tables that a text adds rows to; null where they cannot be made out. */
function insertTargets(forms: readonly string[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const form of forms) {
    const found = [...form.matchAll(TARGET)];
    if (found.length < (form.match(INSERT)?.length ?? 0)) return null;
    for (const [, target = ''] of found) names.add(bareName(target));
  }
  return names;
}

function saysOperator(form: string, symbol: string): boolean {
  return form.includes(symbol) || SPELLED[symbol]?.test(form) === true;
}

function namesIn(forms: readonly string[]): ReadonlySet<string> {
  return new Set(forms.flatMap((form) => form.match(NAMES) ?? []).map(bareName));
}

function bareName(target: string): string {
  const last = target.match(NAMES)?.at(-1) ?? '';
  const [quote = ''] = /^["`]/.exec(last) ?? [];
  const name = quote === '' ? last : last.slice(1, -1).replaceAll(quote + quote, quote);
  return cutName(name).toLowerCase();
}

/** PostgreSQL cuts a longer name before it looks for what it names; the others have none. */
const MOST_NAME_BYTES = 63;

function cutName(name: string): string {
  if (name.length * 3 <= MOST_NAME_BYTES) return name;
  const bytes = Buffer.from(name);
  // What is left of a character that was cut is left out.
  return bytes.length <= MOST_NAME_BYTES
    ? name
    : new TextDecoder().decode(bytes.subarray(0, MOST_NAME_BYTES), { stream: true });
}

const withoutNames = (form: string): string => form.replace(/"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`/g, '_');
