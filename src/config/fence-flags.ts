import { RUN_OPTIONS } from './options/options.js';
import { optionError, type RawFlags, readText } from './raw-flags.js';
import { readChoice } from './read-option.js';
import { parseColumnPattern } from './rule-flags.js';
import type { ColumnPattern, RunConfig } from './run-config.js';

type FenceConfig = Pick<RunConfig, 'fenceTable' | 'fenceCommand' | 'fenceOrder'>;

/** `--fence-table T.C`, which the other two are about. */
export function readFence(flags: RawFlags): FenceConfig {
  const fenceTable = readFenceTable(flags);
  const fenceCommand = readFenceCommand(flags);
  const alone = fenceCommand === null ? 'fence-order' : 'fence-command';
  if (fenceTable === null && readText(flags, alone) !== undefined) {
    throw optionError({
      option: `--${alone}`,
      message: `Expected --${alone} together with --fence-table, got it alone.`,
      hint: 'Name the column that is looked at on the target, --fence-table heartbeat.beat.',
    });
  }
  return { fenceTable, fenceCommand, fenceOrder: readChoice(flags, RUN_OPTIONS.fenceOrder) };
}

function readFenceTable(flags: RawFlags): ColumnPattern | null {
  const text = readText(flags, 'fence-table');
  if (text === undefined) return null;
  const column = parseColumnPattern(text);
  if (column !== null) return column;
  throw optionError({
    option: '--fence-table',
    message: `Expected --fence-table in the form TABLE.COLUMN, got ${text}.`,
    hint: 'For example --fence-table heartbeat.beat.',
  });
}

function readFenceCommand(flags: RawFlags): readonly string[] | null {
  const text = readText(flags, 'fence-command');
  if (text === undefined) return null;
  const words = splitWords(text);
  if (words !== null) return words;
  throw optionError({
    option: '--fence-command',
    message: 'Expected --fence-command to end each quotation that it begins.',
    hint: 'Its words stand apart by spaces; one with spaces in it stands in single or double quotes.',
  });
}

/** Divides a command as simple shells do: by spaces, but not between quotes. Null where a quotation does not end. */
export function splitWords(text: string): readonly string[] | null {
  const words: string[] = [];
  for (const [whole] of text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+|["']/g)) {
    if (whole === '"' || whole === "'") return null;
    words.push(whole.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
  }
  return words;
}
