import { exactness, leastExactFirst, matchesName } from '../config/name-patterns.js';
import { optionError } from '../config/raw-flags.js';
import type { ColumnPattern, RelaxedColumn, RunConfig } from '../config/run-config.js';
import { SWAPPED_UUIDS } from '../core/column-rule.js';
import { formatRelaxation } from '../core/relaxation.js';
import type { ColumnResult } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { saidTwice } from './spread-patterns.js';

/** Refuses two patterns, neither more exact than the other, that say different things of a column. */
export function assertRulesAgree(config: RunConfig, tables: readonly PlannedTable[]): void {
  for (const { source, columns } of tables) {
    if (source === null) continue;
    for (const { source: column } of columns) {
      const name = { table: source.name, column };
      assertAgreed({ flag: '--relax', ...name, entries: config.relax.flatMap(sayings) });
      const swaps = config.uuidSwap.map((entry) => ({ ...entry, about: '', says: entry.side }));
      assertAgreed({ flag: '--uuid-swap', ...name, entries: swaps });
    }
  }
}

/** What an entry says about one thing. */
interface Saying extends ColumnPattern {
  readonly about: string;
  readonly says: string;
}

function sayings({ table, column, relaxations }: RelaxedColumn): Saying[] {
  return relaxations.map((each) => ({ table, column, about: each.kind, says: formatRelaxation(each) }));
}

interface Agreement {
  readonly flag: string;
  readonly table: string;
  readonly column: string;
  readonly entries: readonly Saying[];
}

function assertAgreed({ flag, table, column, entries }: Agreement): void {
  const winners = new Map(leastExactFirst(entries, table, column).map((entry) => [entry.about, entry]));
  for (const winner of winners.values()) {
    const rank = exactness(winner, table, column);
    const rival = leastExactFirst(entries, table, column).find(
      (entry) =>
        entry.about === winner.about &&
        entry.says !== winner.says &&
        exactness(entry, table, column) === rank,
    );
    if (rival === undefined) continue;
    const patterns = [rival, winner].map((each) => `${each.table}.${each.column}`) as [string, string];
    throw saidTwice({ flag, table: `${table}.${column}`, patterns });
  }
}

/** A column that a pattern means. */
interface MeantColumn {
  readonly name: string;
  readonly result: ColumnResult;
}

/**
 * Refuses `--relax` and `--uuid-swap` where no column that they mean can take them: a tolerance for a text would be
 * without effect, and nobody would know.
 */
export function assertRulesFit(config: RunConfig, tables: readonly PlannedTable[]): void {
  for (const entry of config.relax) {
    for (const word of entry.relaxations.map(formatRelaxation)) {
      const refused = findRefused(entry, tables, ({ relaxed }) => relaxed?.includes(word) ?? false);
      if (refused === null) continue;
      throw optionError({
        option: '--relax',
        message: `--relax says ${word} for ${refused}, whose type it does not fit.`,
        hint: 'trim and ignoreCase fit text, nullAsEmpty text and bytes, truncateTo and roundTo times, tolerance numbers.',
      });
    }
  }
  for (const entry of config.uuidSwap) {
    const refused = findRefused(entry, tables, ({ assumed }) =>
      (assumed ?? []).some((word) => word.startsWith(SWAPPED_UUIDS)),
    );
    if (refused === null) continue;
    throw optionError({
      option: '--uuid-swap',
      message: `--uuid-swap names ${refused}, which is no binary(16) that is paired with a UUID.`,
      hint: 'Where both sides are binary(16), say which one is swapped: TABLE.COLUMN:source or TABLE.COLUMN:target.',
    });
  }
}

/** The first column that the entry means, if it is compared and neither it nor any other takes the entry. */
function findRefused(
  pattern: ColumnPattern,
  tables: readonly PlannedTable[],
  takes: (column: ColumnResult) => boolean,
): string | null {
  const meant: MeantColumn[] = tables.flatMap(({ source, columns }) =>
    source === null || !matchesName(pattern.table, source.name)
      ? []
      : columns
          .filter((column) => column.compared && matchesName(pattern.column, column.source))
          .map((result) => ({ name: `${source.name}.${result.source}`, result })),
  );
  return meant.some(({ result }) => takes(result)) ? null : (meant[0]?.name ?? null);
}
