import type { WarningListener } from '../config/environment.js';
import { leastExactFirst, matchesName } from '../config/name-patterns.js';
import type { ColumnPattern, RunConfig, TableMapping } from '../config/run-config.js';
import type { Log } from '../core/log.js';
import { listAllTables, type Table } from '../core/schema.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { withBareNames } from './bare-names.js';
import { catalogsOf, pairSides, withOpenSides } from './open-run.js';
import { withPatternsSpread } from './spread-patterns.js';

/** Who hears of what happens while both sides are looked at. */
export interface ReverseHooks {
  readonly onWarning?: WarningListener | undefined;
  readonly stop?: AbortSignal | undefined;
  readonly log?: Log | undefined;
}

/**
 * Turns a config round for the way back: what was the target is the source. Pairs, conditions, keys, zones and relaxations stay
 * as the forward run has them, each by the name that it has on the other side; what had no partner then is left out, because
 * nobody expects it to come back.
 */
export function reverseConfig(config: RunConfig, hooks: ReverseHooks = {}): Promise<RunConfig> {
  return withOpenSides(
    config,
    async (sides) => {
      const catalogs = catalogsOf(sides);
      const forward = withPatternsSpread(withBareNames(config, catalogs), catalogs.source);
      const { tables } = await pairSides(forward, sides);
      return turnConfig(forward, tables, catalogs);
    },
    hooks,
  );
}

interface Pair {
  readonly source: Table;
  readonly target: Table;
  /** Columns of the source with their partners. */
  readonly columns: readonly TableMapping[];
}

type Catalogs = ReturnType<typeof catalogsOf>;

function turnConfig(forward: RunConfig, planned: readonly PlannedTable[], catalogs: Catalogs): RunConfig {
  const pairs = planned.flatMap(({ source, target, columns }) =>
    source === null || target === null ? [] : [{ source, target, columns }],
  );
  const byName = new Map(pairs.map((pair) => [pair.source.name, pair]));
  const turned = new Set(pairs.map(({ target }) => target.name));
  const ofTable = <Setting>(
    settings: ReadonlyMap<string, Setting>,
    turn: (setting: Setting, pair: Pair) => Setting = (setting) => setting,
  ): Map<string, Setting> =>
    new Map(
      [...settings].flatMap(([name, setting]) => {
        const pair = byName.get(name);
        return pair === undefined ? [] : [[pair.target.name, turn(setting, pair)] as const];
      }),
    );
  const spread = <Pattern extends ColumnPattern>(patterns: readonly Pattern[]): Pattern[] =>
    pairs.flatMap((pair) => turnPatterns(patterns, pair));
  const fence = forward.fenceTable === null ? undefined : spread([forward.fenceTable])[0];
  return {
    ...forward,
    sourceUrl: forward.targetUrl,
    targetUrl: forward.sourceUrl,
    // Of a whole schema what had no partner is told as left out.
    tables: forward.tables.length === 0 ? [] : [...turned],
    exclude:
      forward.tables.length === 0
        ? listAllTables(catalogs.target)
            .map(({ name }) => name)
            .filter((name) => !turned.has(name))
        : [],
    map: pairs.map(({ source, target }) => ({ source: target.name, target: source.name })),
    matchNames: 'exact',
    columns: [],
    ignoreColumns: [
      ...spread(forward.ignoreColumns),
      ...pairs.flatMap((pair) => withoutPartner(pair, forward)),
    ],
    where: ofTable(
      forward.targetWhere.size > 0 ? new Map([...forward.where, ...forward.targetWhere]) : forward.where,
    ),
    targetWhere: ofTable(forward.where),
    keys: ofTable(forward.keys, (key, pair) => key.map((column) => partnerOf(column, pair))),
    columnMap: new Map(
      pairs.map(({ target, columns }) => [
        target.name,
        columns.map((column) => ({ source: column.target, target: column.source })),
      ]),
    ),
    relax: spread(forward.relax),
    uuidSwap: spread(forward.uuidSwap).map((column) => ({ ...column, side: OTHER[column.side] })),
    sourceTimezone: forward.targetTimezone,
    targetTimezone: forward.sourceTimezone,
    tableSettings: forward.tableSettings.flatMap((name) => byName.get(name)?.target.name ?? []),
    tableModes: ofTable(forward.tableModes),
    tableMinRows: ofTable(forward.tableMinRows),
    showColumns: spread(forward.showColumns),
    fenceTable: fence ?? null,
    fenceCommand: fence === undefined ? null : forward.fenceCommand,
  };
}

const OTHER = { source: 'target', target: 'source', either: 'either' } as const;

function partnerOf(column: string, { columns }: Pair): string {
  return columns.find(({ source }) => source === column)?.target ?? column;
}

/** What patterns say of the columns of a table, each by the name of its partner; of two the more exact one holds, which comes last. */
function turnPatterns<Pattern extends ColumnPattern>(patterns: readonly Pattern[], pair: Pair): Pattern[] {
  return pair.columns.flatMap(({ source, target }) =>
    leastExactFirst(patterns, pair.source.name, source).map((pattern) => ({
      ...pattern,
      table: pair.target.name,
      column: target,
    })),
  );
}

/** Columns of the new source that the old one did not have, or that the forward run did not compare. */
function withoutPartner({ source, target, columns }: Pair, forward: RunConfig): ColumnPattern[] {
  const wanted = forward.columns.filter(({ table }) => matchesName(table, source.name));
  const isWanted = (name: string): boolean =>
    wanted.length === 0 || wanted.some(({ column }) => matchesName(column, name));
  const compared = new Set(
    columns.filter((column) => isWanted(column.source)).map((column) => column.target),
  );
  return target.columns
    .filter(({ name }) => !compared.has(name))
    .map(({ name }) => ({ table: target.name, column: name }));
}
