import { matchesName } from '../config/name-patterns.js';
import { optionError } from '../config/raw-flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { askForName } from './name-hint.js';
import { modeOf } from './table-modes.js';

/** Refuses to leave out a column by its own name by which the rows of its table are told apart: it could not be done. */
export function assertKeysKept(config: RunConfig, tables: readonly PlannedTable[]): void {
  for (const { source, pair } of tables) {
    if (pair === null || modeOf(config, { source, pair }).mode === 'count') continue;
    const table = pair.source.name;
    const column = pair.key
      .map((each) => each.source.name)
      .find((name) => config.ignoreColumns.some((each) => each.table === table && each.column === name));
    if (column === undefined) continue;
    throw optionError({
      option: '--ignore-columns',
      message: `--ignore-columns says "${table}.${column}", but rows of ${table} are told apart by it.`,
      hint: `Do not leave it out, or name other columns to tell them apart by: --key ${table}:COLUMN.`,
    });
  }
}

/**
 * Refuses to leave out a column by the name of its partner: names are the source's, and it would be compared all the same,
 * unless another column has that name.
 */
export function assertIgnoredBySourceName(config: RunConfig, tables: readonly PlannedTable[]): void {
  for (const pattern of config.ignoreColumns) {
    const meant = tables.filter(({ source }) => source !== null && matchesName(pattern.table, source.name));
    const isMeant = (name: string): boolean => matchesName(pattern.column, name);
    const partners = meant.flatMap(({ columns }) => columns.filter(({ target }) => isMeant(target)));
    const [partner] = partners;
    const isOwn = meant.some(
      ({ source, target, columns }) =>
        source?.columns.some(({ name }) => isMeant(name)) === true ||
        target?.columns.some(({ name }) => isMeant(name) && !columns.some((each) => each.target === name)) ===
          true,
    );
    if (partner === undefined || isOwn) continue;
    throw optionError({
      option: '--ignore-columns',
      message: `--ignore-columns says "${pattern.table}.${pattern.column}", but columns are named as on the source, where ${partner.target} is ${partner.source}.`,
      hint: `Write --ignore-columns '${pattern.table}.${partner.source}'.`,
    });
  }
}

/** Refuses a partner that is not there: the report would say that the target lacks the column of the source. */
export function assertPartnersExist({ columnMap }: RunConfig, tables: readonly PlannedTable[]): void {
  for (const { source, target } of tables) {
    if (source === null || target === null) continue;
    const names = target.columns.map((column) => column.name);
    const unknown = columnMap.get(source.name)?.find((entry) => !names.includes(entry.target));
    if (unknown === undefined) continue;
    throw optionError({
      option: 'columnMap',
      message: `columnMap pairs "${unknown.source}" of ${source.name} with "${unknown.target}", but ${target.name} on the target has no such column.`,
      hint: `${askForName(unknown.target, { schemas: [], names })}Its columns: ${names.join(', ')}.`,
    });
  }
}
