import { RowproofError } from '../core/errors.js';
import { flagOf } from './options/option-names.js';
import { TABLE_SETTINGS } from './options/options.js';
import type { ConfigFile } from './parse-config-file.js';
import type { RawFlags } from './raw-flags.js';
import { formatPath, type KeyPath } from './settings-document.js';

/** A setting of the file, and the word by which messages call it. */
interface Said {
  readonly word: string;
  readonly path: KeyPath;
}

/** The words by which messages call settings of tables: their flags, where they have one. */
const WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  TABLE_SETTINGS.map(({ name, option }) => [
    name,
    option.commands.length === 0 ? name : `--${flagOf(option.name)}`,
  ]),
);

/**
 * Puts the keys of the file in the place of flags that nobody typed, and the line in front, so that an error names what the
 * user wrote.
 */
export function explainFault(error: unknown, flags: RawFlags, file: ConfigFile): unknown {
  if (!(error instanceof RowproofError) || error.code !== 'usage') return error;
  const { code, hint, option, cause } = error;
  const hidden = hideVariables(error.message, file);
  // Whoever found it in the file has said where.
  if (error.message.startsWith(`${file.path}:`))
    return hidden === error.message
      ? error
      : new RowproofError({ code, hint, cause, message: hidden, option });
  const said = listSaid(file).filter(({ word }) => flags[word.replace(/^--/, '')] === undefined);
  let message = hidden;
  let given = option?.given ?? '';
  let first: { readonly index: number; readonly path: KeyPath } | null = null;
  for (const word of new Set(said.map((each) => each.word))) {
    const pattern = new RegExp(`(?<![\\w.-])${word}(?![\\w-])`, 'g');
    const index = hidden.search(pattern);
    if (index === -1) continue;
    const path = choosePath(
      said.filter((each) => each.word === word),
      hidden,
    );
    message = message.replace(pattern, () => formatPath(path));
    if (option?.given === word) given = formatPath(path);
    if (first === null || index < first.index) first = { index, path };
  }
  if (message === error.message && first === null) return error;
  const place = first === null ? file.path : file.placeOf(first.path);
  return new RowproofError({
    code,
    hint,
    cause,
    message: `${place}: ${message}`,
    option: option === null ? null : { ...option, given },
  });
}

function listSaid({ content }: ConfigFile): Said[] {
  const top = Object.keys(content).map((key) => ({
    word: key === 'tableSettings' ? key : `--${flagOf(key)}`,
    path: [key],
  }));
  const ofTables = Object.entries(content.tableSettings ?? {}).flatMap(([table, settings]) => [
    { word: 'tableSettings', path: ['tableSettings', table] },
    ...Object.keys(settings).map((key) => ({
      word: WORDS[key] ?? key,
      path: ['tableSettings', table, key],
    })),
  ]);
  return [...top, ...ofTables];
}

/** The setting that a message is about: that of the table it names, else the one for all tables. */
function choosePath(said: readonly Said[], message: string): KeyPath {
  const ofTable = said.find(({ path }) => path.length > 1 && isNamed(String(path[1]), message));
  const [only = { path: [] }] = said;
  if (ofTable !== undefined || said.length === 1) return (ofTable ?? only).path;
  const general = said.find(({ path }) => path.length === 1);
  return general?.path ?? only.path.map((step, index) => (index === 1 ? '*' : step));
}

function isNamed(table: string, message: string): boolean {
  return [`"${table}"`, `"${table}.`, ` ${table} `, ` ${table}.`, ` ${table},`, `.${table} `].some((word) =>
    message.includes(word),
  );
}

/** Shorter values hide nothing, and would be found in words that have nothing to do with them. */
const LEAST_SECRET = 4;

/** Puts `${NAME}` in the place of what a variable of the environment holds, as the file has it. */
function hideVariables(message: string, { variables }: ConfigFile): string {
  let hidden = message;
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined && value.length >= LEAST_SECRET) hidden = hidden.replaceAll(value, `\${${name}}`);
  }
  return hidden;
}
