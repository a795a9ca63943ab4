import type { ModeChoice } from '../core/verdict.js';
import { matchesName } from './name-patterns.js';
import { RUN_OPTIONS } from './options/options.js';
import { parseRatio } from './options/quantities.js';
import type { TableSettings } from './options/setting-types.js';
import type { ConfigFile } from './parse-config-file.js';
import type { RawFlags } from './raw-flags.js';
import { refuseWhereCounted, resolveFlags } from './resolve-flags.js';
import { readRelaxations, readRelaxedColumns, readSwappedColumns } from './rule-flags.js';
import type { ColumnPattern, RelaxedColumn, RunConfig, SwappedColumn, TableMapping } from './run-config.js';
import { faultAt } from './settings-document.js';
import { assertMappedOnce, readColumnPatterns } from './table-flags.js';

/** Everything that a run was told, from file and flags. */
export interface MergedSettings {
  readonly config: RunConfig;
  /** The flags of the command line, and those that the file stands for. */
  readonly flags: RawFlags;
}

/**
 * Resolves flags over a file. A flag replaces the setting of its name; `--where`, `--key`, `--map` and the flags for
 * columns replace what the file says of the tables they name.
 */
export function mergeSettings(flags: RawFlags, file: ConfigFile): MergedSettings {
  const merged = mergeFlags(flags, file.flags);
  const config = applyTableSettings({ config: resolveFlags(merged), flags, file });
  refuseWhereCounted(config);
  return { flags: merged, config };
}

function mergeFlags(flags: RawFlags, fromFile: RawFlags): RawFlags {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const names = new Set(given.map(([name]) => name));
  if (names.has('show-values')) names.add('hide-values').add('show-columns');
  if (names.has('hide-values')) names.add('show-values');
  if (names.has('mode') && flags.mode !== 'spot') names.add('ratio');
  const kept = Object.entries(fromFile).filter(([name]) => !names.has(name));
  return Object.fromEntries([...kept, ...given]);
}

interface Merging {
  readonly config: RunConfig;
  /** Of the command line alone. */
  readonly flags: RawFlags;
  readonly file: ConfigFile;
}

function applyTableSettings({ config, flags, file }: Merging): RunConfig {
  const { map = {}, tableSettings = {} } = file.content;
  const tables = Object.entries(tableSettings);
  const byTable = <Key extends keyof TableSettings>(key: Key) =>
    tables.flatMap(([table, { [key]: value }]) => (value === undefined ? [] : [[table, value] as const]));
  const targets = [...Object.entries(map), ...byTable('target')].map(([source, target]) => ({
    source,
    target,
  }));
  const merged = [...config.map, ...targets.filter(({ source }) => !isMapped(config.map, source))];
  assertMappedOnce(merged);
  const columnsOf = (name: 'columns' | 'ignore-columns', entries: ByTable<readonly string[]>) =>
    columnPatterns(entries, readColumnPatterns(flags, name));
  return {
    ...config,
    map: merged,
    columns: [...config.columns, ...columnsOf('columns', byTable('columns'))],
    ignoreColumns: [...config.ignoreColumns, ...columnsOf('ignore-columns', byTable('ignoreColumns'))],
    // What is said of a table comes last, and so wins over a glob.
    relax: [...config.relax, ...relaxedOf(byTable('relax'), readRelaxedColumns(flags))],
    uuidSwap: [...config.uuidSwap, ...swappedOf(byTable('uuidSwap'), readSwappedColumns(flags))],
    where: new Map([...unnamed(byTable('where'), config.where), ...config.where]),
    targetWhere: new Map([
      // The target's form of a condition that a flag replaced would compare other rows.
      ...unnamed(unnamed(byTable('targetWhere'), config.where), config.targetWhere),
      ...config.targetWhere,
    ]),
    keys: new Map([...unnamed(byTable('key'), config.keys), ...config.keys]),
    tableSettings: Object.keys(tableSettings),
    tableModes: flags.mode === undefined ? readTableModes({ config, flags, file }) : new Map(),
    tableMinRows: new Map(byTable('minRows').map(([table, rows]) => [table, Number(rows)])),
    columnMap: new Map(
      byTable('columnMap').map(([table, names]) => [
        table,
        Object.entries(names).map(([source, target]) => ({ source, target })),
      ]),
    ),
  };
}

/** Settings of a table fill up from those of the run; a ratio on the command line is that of every sample. */
function readTableModes({ config, flags, file }: Merging): Map<string, ModeChoice> {
  const modes = new Map<string, ModeChoice>();
  for (const [table, settings] of Object.entries(file.content.tableSettings ?? {})) {
    if (settings.mode === undefined && settings.ratio === undefined) continue;
    const mode = settings.mode ?? config.mode;
    if (mode !== 'spot' && settings.ratio !== undefined) {
      const at = ['tableSettings', table, 'ratio'];
      const hint = `Add mode: spot to ${table}, or leave its ratio out.`;
      throw faultAt(file.placeOf(at), at, 'expected only with mode: spot', hint);
    }
    const own = flags.ratio === undefined ? settings.ratio : undefined;
    const inherited = config.mode === 'spot' ? config.ratio : parseRatio(RUN_OPTIONS.ratio.default);
    const ratio =
      mode === 'spot' ? ((own === undefined ? null : parseRatio(String(own))) ?? inherited ?? 1) : 1;
    modes.set(table, ratio === 1 && mode === 'spot' ? { mode: 'full', ratio } : { mode, ratio });
  }
  return modes;
}

function isMapped(mappings: readonly TableMapping[], source: string): boolean {
  return mappings.some((mapping) => mapping.source === source);
}

function columnPatterns(
  entries: ByTable<readonly string[]>,
  fromFlags: readonly ColumnPattern[],
): ColumnPattern[] {
  return notFlagged(entries, fromFlags).flatMap(([table, columns]) =>
    columns.map((column) => ({ table, column })),
  );
}

type ByTable<Setting> = readonly (readonly [string, Setting])[];

function relaxedOf(
  entries: ByTable<Readonly<Record<string, readonly string[]>>>,
  fromFlags: readonly ColumnPattern[],
): RelaxedColumn[] {
  return notFlagged(entries, fromFlags).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, words]) => ({
      table,
      column,
      relaxations: readRelaxations(words),
    })),
  );
}

function swappedOf(
  entries: ByTable<readonly string[]>,
  fromFlags: readonly ColumnPattern[],
): readonly SwappedColumn[] {
  const names = notFlagged(entries, fromFlags).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  );
  return readSwappedColumns({ 'uuid-swap': names });
}

function notFlagged<Setting>(
  entries: ByTable<Setting>,
  fromFlags: readonly ColumnPattern[],
): ByTable<Setting> {
  return unnamed(entries, new Map(fromFlags.map((pattern) => [pattern.table, pattern])));
}

/** What the file says of tables that no flag names, by a pattern or by their own name. */
function unnamed<Setting>(
  entries: ByTable<Setting>,
  fromFlags: ReadonlyMap<string, unknown>,
): ByTable<Setting> {
  return entries.filter(([table]) => ![...fromFlags.keys()].some((name) => matchesName(name, table)));
}
