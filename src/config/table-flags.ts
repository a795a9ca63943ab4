import { type RawFlags, readList, usageError } from './raw-flags.js';
import { parseColumnPattern } from './rule-flags.js';
import type { ColumnPattern, TableMapping } from './run-config.js';

/** `--map SRC=TGT`, where neither side may be mapped twice. */
export function readMappings(flags: RawFlags): readonly TableMapping[] {
  const mappings = readList(flags, 'map').map((text) => {
    const { left, right } = splitFlag({
      name: 'map',
      text,
      separator: '=',
      form: 'SOURCE=TARGET',
      example: 'Clients=customers',
    });
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
      throw usageError(
        `Expected --map to name each ${side} table once, got ${twice} twice.`,
        'Map each table to exactly one partner.',
      );
    }
  }
}

/** `--columns T.C` and `--ignore-columns T.C`. */
export function readColumnPatterns(
  flags: RawFlags,
  name: 'columns' | 'ignore-columns',
): readonly ColumnPattern[] {
  return readList(flags, name).map((text) => {
    const pattern = parseColumnPattern(text);
    if (pattern === null) {
      const column = text.includes('.') ? 'updated_at' : text;
      throw usageError(
        `Expected --${name} in the form TABLE.COLUMN, got ${text}.`,
        `For one column name in every table write "*.${column}".`,
      );
    }
    return pattern;
  });
}

/** `--where T:SQL` and `--target-where T:SQL`, one condition a table; the SQL may contain colons. */
export function readConditions(flags: RawFlags, name: 'where' | 'target-where'): ReadonlyMap<string, string> {
  return readByTable({ flags, name, form: 'TABLE:SQL', example: '"orders:id > 1000"' });
}

/** `--key T:COL,COL`: the columns to walk a table by, in order. */
export function readKeys(flags: RawFlags): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const [table, text] of readByTable({
    flags,
    name: 'key',
    form: 'TABLE:COLUMN,COLUMN',
    example: 'order_lines:order_id,line',
  })) {
    const columns = text.split(',').map((column) => column.trim());
    const twice = firstRepeated(columns);
    if (columns.includes('') || twice !== undefined) {
      throw usageError(
        `Expected --key to name each column of ${table} once, got ${text}.`,
        `Write the columns in the order of the key, for example --key ${table}:order_id,line.`,
      );
    }
    keys.set(table, columns);
  }
  return keys;
}

interface ByTable {
  readonly flags: RawFlags;
  readonly name: string;
  readonly form: string;
  readonly example: string;
}

function readByTable({ flags, name, form, example }: ByTable): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of readList(flags, name)) {
    const { left, right } = splitFlag({ name, text, separator: ':', form, example });
    if (found.has(left)) {
      throw usageError(`Expected one --${name} for ${left}, got two.`, `Join them into one --${name}.`);
    }
    found.set(left, right);
  }
  return found;
}

interface SplitFlag {
  readonly name: string;
  readonly text: string;
  readonly separator: ':' | '=';
  readonly form: string;
  readonly example: string;
}

function splitFlag({ name, text, separator, form, example }: SplitFlag): {
  readonly left: string;
  readonly right: string;
} {
  const at = text.indexOf(separator);
  const left = text.slice(0, Math.max(0, at)).trim();
  const right = at === -1 ? '' : text.slice(at + 1).trim();
  if (left === '' || right === '') {
    throw usageError(
      `Expected --${name} in the form ${form}, got ${text}.`,
      `For example --${name} ${example}.`,
    );
  }
  return { left, right };
}

function firstRepeated(words: readonly string[]): string | undefined {
  return words.find((word, index) => words.indexOf(word) !== index);
}
