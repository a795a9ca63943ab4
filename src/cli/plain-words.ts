import type { Kind } from '../config/options/option.js';
import { flagsOf } from '../config/options/options.js';
import type { RawFlags } from '../config/raw-flags.js';
import type { Command } from './command.js';
import { isRepeatable } from './yargs-options.js';

/** The commands that stand alone in front of their flags. */
const PLAIN_COMMANDS = ['verify', 'watch', 'plan'] as const;
/** What the parser takes for more than a value: the beginning of a flag, quotes that it strips, and nothing at all. */
const NO_PLAIN_VALUE = /^(?:-|["']|$)/;

/**
 * Reads a command line in which every word is the command, a flag of it or the flag's value; null for any other, for help,
 * and for whatever has to be explained. The parser that understands all of these takes longer to load than Node.js, so
 * it is loaded for them alone, and says the same of what is read here.
 */
export function readPlainWords(argv: readonly string[]): Command | null {
  const kind = PLAIN_COMMANDS.find((name) => name === argv[0]);
  if (kind === undefined) return null;
  const known = new Map(flagsOf(kind).map(({ name, option }) => [`--${name}`, { name, kind: option.kind }]));
  const flags: Record<string, unknown> = {};
  for (const { word, values } of groupWords(argv.slice(1))) {
    const flag = known.get(word);
    if (flag === undefined) return null;
    const value = readValue(flag.kind, values);
    const earlier = flags[flag.name];
    if (value === null || (earlier !== undefined && !Array.isArray(value))) return null;
    flags[flag.name] = Array.isArray(earlier) && Array.isArray(value) ? [...earlier, ...value] : value;
  }
  return { kind, flags: flags as RawFlags };
}

/** Each flag with the words behind it, of which the first may stand behind an equals sign. */
function groupWords(argv: readonly string[]): { readonly word: string; readonly values: string[] }[] {
  const groups: { readonly word: string; readonly values: string[] }[] = [];
  for (const word of argv) {
    const last = groups.at(-1);
    const equals = word.indexOf('=');
    if (last !== undefined && !word.startsWith('-')) last.values.push(word);
    else if (equals === -1) groups.push({ word, values: [] });
    else groups.push({ word: word.slice(0, equals), values: [word.slice(equals + 1)] });
  }
  return groups;
}

/** What a flag with these words behind it says; null where the parser has to be asked. */
function readValue(kind: Kind, values: readonly string[]): string | true | readonly string[] | null {
  if (kind.is === 'switch') return values.length === 0 ? true : null;
  const [value] = values;
  if (value === undefined || values.some((word) => NO_PLAIN_VALUE.test(word))) return null;
  if (isRepeatable(kind)) return values;
  return values.length === 1 ? value : null;
}
