import { optionError } from '../config/raw-flags.js';
import type { ColumnPattern, RunConfig } from '../config/run-config.js';
import { isNameOf, type KnownTables, type Rename, splitColumn, splitList } from '../config/split-names.js';
import type { Side } from '../core/pairing.js';

/**
 * Takes the schema from names that reports print with it (`shop.orders`), so that they can be pasted into flags, and divides
 * what could not be divided before the tables were known: lists of names, and names of columns with a dot in them.
 *
 * A schema counts only where it is the side's own, and where no table is meant by the whole name: a table may have a dot
 * in its name.
 */
export function withBareNames(config: RunConfig, catalogs: Readonly<Record<Side, KnownTables>>): RunConfig {
  const both = [catalogs.source, catalogs.target];
  const own = renameOn([catalogs.source]);
  const partner = renameOn([catalogs.target]);
  const either = renameOn(both);
  const ofTables = <Pattern extends ColumnPattern>(patterns: readonly Pattern[]): Pattern[] =>
    patterns.map((pattern) => splitColumn(pattern, { catalogs: both, rename: own }));
  const byTable = <Setting>(settings: ReadonlyMap<string, Setting>, flag: string): Map<string, Setting> =>
    renameKeys({ settings, rename: own, flag });
  return {
    ...config,
    tables: config.tables.flatMap((names) => splitList(names, { catalogs: [catalogs.source], rename: own })),
    exclude: config.exclude.flatMap((names) => splitList(names, { catalogs: both, rename: either })),
    map: config.map.map((entry) => ({ source: own(entry.source), target: partner(entry.target) })),
    columns: ofTables(config.columns),
    ignoreColumns: ofTables(config.ignoreColumns),
    showColumns: ofTables(config.showColumns),
    relax: ofTables(config.relax),
    uuidSwap: ofTables(config.uuidSwap),
    fenceTable: ofTables(config.fenceTable === null ? [] : [config.fenceTable])[0] ?? null,
    where: byTable(config.where, '--where'),
    targetWhere: byTable(config.targetWhere, '--target-where'),
    keys: byTable(config.keys, '--key'),
    columnMap: byTable(config.columnMap, 'columnMap'),
    tableSettings: config.tableSettings.map(own),
    tableMinRows: byTable(config.tableMinRows, 'tableSettings'),
    tableModes: byTable(config.tableModes, 'tableSettings'),
  };
}

function renameOn(catalogs: readonly KnownTables[]): Rename {
  return (name) => {
    if (catalogs.some((catalog) => isNameOf(catalog, name))) return name;
    for (const catalog of catalogs) {
      const prefix = `${catalog.schema}.`;
      const bare = name.slice(prefix.length);
      if (name.startsWith(prefix) && bare !== '' && isNameOf(catalog, bare)) return bare;
    }
    return name;
  };
}

interface Renaming<Setting> {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly rename: Rename;
  readonly flag: string;
}

function renameKeys<Setting>({ settings, rename, flag }: Renaming<Setting>): Map<string, Setting> {
  const renamed = new Map<string, Setting>();
  for (const [name, setting] of settings) {
    const bare = rename(name);
    if (renamed.has(bare)) {
      throw optionError({
        option: flag,
        message: `Expected one ${flag} for ${bare}, got two.`,
        hint: 'One of them names its schema too.',
      });
    }
    renamed.set(bare, setting);
  }
  return renamed;
}
