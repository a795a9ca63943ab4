import type { Options } from 'yargs';
import type { Kind } from '../config/options/option.js';
import { flagsOf } from '../config/options/options.js';

const REPEATABLE: ReadonlySet<Kind['is']> = new Set([
  'names',
  'mapping',
  'columns',
  'byTable',
  'relaxedColumns',
  'reports',
]);

/** Whether a flag of a kind may be given again, or with several values. */
export function isRepeatable({ is }: Kind): boolean {
  return REPEATABLE.has(is);
}

/**
 * The flags of a command as the parser takes them. None has a default here and numbers stay text: the config is resolved,
 * and wrong values are refused, in one place.
 */
export function yargsOptions(command: string): Readonly<Record<string, Options>> {
  return Object.fromEntries(
    flagsOf(command).map(({ name, help, option: { group, kind } }) => [
      name,
      { group, description: help, ...yargsType(kind) },
    ]),
  );
}

function yargsType(kind: Kind): Options {
  if (kind.is === 'switch') return { type: 'boolean' };
  return { type: 'string', requiresArg: true, ...(isRepeatable(kind) && { array: true }) };
}
