import { isAbsolute, join, resolve } from 'node:path';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import type { CliIo } from './cli-io.js';
import { OUTPUT_FLAGS, PAST_FLAGS } from './said-again.js';

/** Where journals lie; null for nowhere. */
export interface JournalPlace {
  readonly folder: string | null;
  /** Whether the user named it. */
  readonly isNamed: boolean;
  /** Whether the user wants none. */
  readonly isUnwanted: boolean;
}

/** Reads where journals are to lie: where a flag says, else in the folder that a user's programs keep their state in. */
export function readJournalPlace(flags: RawFlags, env: CliIo['env']): JournalPlace {
  const named = readText(flags, 'journal');
  const isUnwanted = readSwitch(flags, 'no-journal');
  if (named !== undefined && isUnwanted) {
    throw optionError({
      option: '--journal',
      message: 'Expected --journal or --no-journal, got both.',
      hint: 'Leave one of them out.',
    });
  }
  if (isUnwanted) return { folder: null, isNamed: false, isUnwanted };
  const folder = named === undefined ? stateFolder(env) : resolve(named);
  return { folder, isNamed: named !== undefined, isUnwanted };
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ */
function stateFolder({ XDG_STATE_HOME: state = '', HOME: home = '' }: CliIo['env']): string | null {
  // The specification has relative paths ignored.
  if (isAbsolute(state)) return join(state, 'rowproof');
  return isAbsolute(home) && home !== '/' ? join(home, '.local', 'state', 'rowproof') : null;
}

const PATH_FLAGS: readonly string[] = [
  ...['differences', 'repair', 'output', 'waivers', 'key-file', 'baseline', 'history', 'evidence'],
];
const KEPT_FLAGS: readonly string[] = [...OUTPUT_FLAGS, ...PAST_FLAGS, 'output'];

/** Those of the flags that say where results go, with paths that mean the same in any folder. */
export function outputFlags(flags: RawFlags): RawFlags {
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([name, value]) => KEPT_FLAGS.includes(name) && value !== undefined)
      .map(([name, value]) => [name, absolute(name, value)]),
  );
}

function absolute(name: string, value: RawFlags[string]): RawFlags[string] {
  if (name === 'report') return [value].flat().map((text) => absoluteReport(String(text)));
  const isPath = PATH_FLAGS.includes(name) || (name === 'log' && value !== '-');
  return isPath && typeof value === 'string' ? resolve(value) : value;
}

function absoluteReport(text: string): string {
  const at = text.indexOf('=');
  return at === -1 || at === text.length - 1 ? text : `${text.slice(0, at)}=${resolve(text.slice(at + 1))}`;
}
