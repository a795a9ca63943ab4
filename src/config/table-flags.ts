import type { NamedOption } from './options/option.js';
import { flagOf } from './options/option-names.js';
import { RUN_OPTIONS } from './options/options.js';
import { optionError, type RawFlags, readList } from './raw-flags.js';
import { parseColumnPattern } from './rule-flags.js';
import type { ColumnPattern, TableMapping } from './run-config.js';

/** `--map SRC=TGT`, where neither side may be mapped twice. */
export function readMappings(flags: RawFlags): readonly TableMapping[] {
  const mappings = readList(flags, 'map').map((text) => {
    const { left, right } = splitFlag({ option: RUN_OPTIONS.map, text, separator: '=' });
    return { source: left, target: right };
  });
  assertMappedOnce(mappings);
  return mappings;
}

/** Refuses to map a table of either side twice. */
export function assertMappedOnce(mappings: readonly TableMapping[]): void {
  for (const side of ['source', 'target'] as const) {
    const twice = firstRepeated(mappings.map((mapping) => mapping[side]));
    if (twice !== undefined) {
      throw optionError({
        option: '--map',
        message: `Expected --map to name each ${side} table once, got ${twice} twice.`,
        hint: 'Map each table to exactly one partner.',
      });
    }
  }
}

/** `--columns T.C`, `--ignore-columns T.C` and `--show-columns T.C`. */
export function readColumnPatterns(
  flags: RawFlags,
  name: 'columns' | 'ignore-columns' | 'show-columns',
): readonly ColumnPattern[] {
  return readList(flags, name).map((text) => {
    const pattern = parseColumnPattern(text);
    if (pattern === null) {
      const column = text.includes('.') ? 'updated_at' : text;
      throw optionError({
        option: `--${name}`,
        message: `Expected --${name} in the form TABLE.COLUMN, got ${text}.`,
        hint: `For one column name in every table write "*.${column}".`,
      });
    }
    return pattern;
  });
}

/** `--where T:SQL` and `--target-where T:SQL`, one condition a table; the SQL may contain colons. */
export function readConditions(flags: RawFlags, name: 'where' | 'targetWhere'): ReadonlyMap<string, string> {
  return readByTable(flags, RUN_OPTIONS[name]);
}

/** `--key T:COL,COL`: the columns to walk a table by, in order. */
export function readKeys(flags: RawFlags): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const [table, text] of readByTable(flags, RUN_OPTIONS.key)) {
    const columns = text.split(',').map((column) => column.trim());
    const twice = firstRepeated(columns);
    if (columns.includes('') || twice !== undefined) {
      throw optionError({
        option: '--key',
        message: `Expected --key to name each column of ${table} once, got ${text}.`,
        hint: `Write the columns in the order of the key, for example --key ${table}:order_id,line.`,
      });
    }
    keys.set(table, columns);
  }
  return keys;
}

function readByTable(flags: RawFlags, option: FormedOption): Map<string, string> {
  const flag = flagOf(option.name);
  const found = new Map<string, string>();
  for (const text of readList(flags, flag)) {
    const { left, right } = splitFlag({ option, text, separator: ':' });
    if (found.has(left)) {
      throw optionError({
        option: `--${flag}`,
        message: `Expected one --${flag} for ${left}, got two.`,
        hint: `Join them into one --${flag}.`,
      });
    }
    found.set(left, right);
  }
  return found;
}

/** An option whose values have a form. */
type FormedOption = Pick<NamedOption, 'name'> & { readonly form: string; readonly typed: string };

interface SplitFlag {
  readonly option: FormedOption;
  readonly text: string;
  readonly separator: ':' | '=';
}

function splitFlag({ option: { name, form, typed }, text, separator }: SplitFlag): {
  readonly left: string;
  readonly right: string;
} {
  const at = text.indexOf(separator);
  const left = text.slice(0, Math.max(0, at)).trim();
  const right = at === -1 ? '' : text.slice(at + 1).trim();
  if (left === '' || right === '') {
    const flag = flagOf(name);
    throw optionError({
      option: `--${flag}`,
      message: `Expected --${flag} in the form ${form}, got ${text}.`,
      hint: `For example --${flag} ${typed}.`,
    });
  }
  return { left, right };
}

function firstRepeated(words: readonly string[]): string | undefined {
  return words.find((word, index) => words.indexOf(word) !== index);
}
