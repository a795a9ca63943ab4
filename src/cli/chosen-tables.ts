import { optionError, type RawFlags, readList } from '../config/raw-flags.js';
import type { RunResult } from '../core/result.js';

/** The tables of a saved run that `--table` names, by their names on the target; all of them where it names none. */
export function chooseTables(flags: RawFlags, { tables }: RunResult): ReadonlySet<string> {
  const known = tables.flatMap(({ target }) => (target === null ? [] : [target]));
  const wanted = readList(flags, 'table');
  const stranger = wanted.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw optionError({
      option: '--table',
      message: `The run has no table ${stranger} on the target.`,
      hint: `Write it as the result does, for example --table ${known[0] ?? 'public.orders'}.`,
    });
  }
  return new Set(wanted.length === 0 ? known : wanted);
}
