import { matchesName } from '../config/name-patterns.js';
import { optionError } from '../config/raw-flags.js';
import type { RunConfig } from '../config/run-config.js';
import { type Catalog, listAllTables } from '../core/schema.js';
import { isLookedAt } from '../plan/not-looked-at.js';
import { compileScope } from './comparison-scope.js';

/** Tables of the source: all that could be named, and those that the run looks at. */
interface TableNames {
  readonly all: readonly string[];
  readonly lookedAt: readonly string[];
}

/**
 * Gives every table what a pattern says of it, where one stands in the place of its name: without this, `--where "*:…"`
 * would bound no table, and a repair would reach rows that nobody meant.
 *
 * What is said of a table by its own name wins. Two patterns that say different things of one are refused, and so is a
 * condition for the target that may belong to another condition of the source. A pattern that fits no table stays as it
 * is, to be refused with all other names that mean nothing.
 */
export function withPatternsSpread(config: RunConfig, catalog: Catalog): RunConfig {
  const tables = listAllTables(catalog);
  const scope = compileScope(config);
  const names: TableNames = {
    all: tables.map((table) => table.name),
    lookedAt: tables.filter((table) => isLookedAt(table, scope)).map((table) => table.name),
  };
  const spread = <Setting>(settings: ReadonlyMap<string, Setting>, flag: string): Map<string, Setting> =>
    spreadOver({ settings, flag, names });
  const targetWhere = spread(config.targetWhere, '--target-where');
  assertSameName(config, targetWhere);
  return {
    ...config,
    where: spread(config.where, '--where'),
    targetWhere,
    keys: spread(config.keys, '--key'),
    columnMap: spread(config.columnMap, 'columnMap'),
    tableModes: spread(config.tableModes, 'tableSettings'),
    tableMinRows: spread(config.tableMinRows, 'tableSettings'),
  };
}

interface Spreading<Setting> {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly flag: string;
  readonly names: TableNames;
}

function spreadOver<Setting>({ settings, flag, names }: Spreading<Setting>): Map<string, Setting> {
  const isPattern = (name: string): boolean =>
    !names.all.includes(name) && names.all.some((table) => matchesName(name, table));
  const spread = new Map([...settings].filter(([name]) => !isPattern(name)));
  const patterns = [...settings.keys()].filter(isPattern);
  for (const table of names.lookedAt) {
    if (settings.has(table)) continue;
    const [first, ...others] = patterns.filter((pattern) => matchesName(pattern, table));
    if (first === undefined) continue;
    const setting = settings.get(first) as Setting;
    const said = JSON.stringify(setting);
    const rival = others.find((pattern) => JSON.stringify(settings.get(pattern)) !== said);
    if (rival !== undefined) throw saidTwice({ flag, table, patterns: [first, rival] });
    spread.set(table, setting);
  }
  return spread;
}

/** The target would be asked for other rows than the source where its condition is that of another pattern. */
function assertSameName({ where, targetWhere }: RunConfig, spread: ReadonlyMap<string, string>): void {
  const alone = [...spread.keys()].find((table) => where.has(table) && !targetWhere.has(table));
  if (alone === undefined) return;
  throw optionError({
    option: '--where',
    message: `--where names ${alone} itself, and --target-where only by a pattern: the two may mean other rows.`,
    hint: `Add --target-where '${alone}:SQL' in the words of the target.`,
  });
}

/** What is told of a table, a flag and the patterns that do not agree about it. */
interface Disagreement {
  readonly flag: string;
  readonly table: string;
  readonly patterns: readonly [string, string];
}

/** The refusal of two patterns of which neither is more exact. */
export function saidTwice({ flag, table, patterns: [one, other] }: Disagreement): Error {
  return optionError({
    option: flag,
    message: `${flag} says two things of ${table}, by "${one}" and by "${other}".`,
    hint: `Say what holds for ${table} by its own name, or let only one of them fit it.`,
  });
}
