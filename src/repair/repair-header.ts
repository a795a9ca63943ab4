import { type ColumnPair, comparedColumns, isConditional, type TablePair } from '../core/pairing.js';
import type { RunResult } from '../core/result.js';
import type { RepairDialect } from '../engines/repair.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';
import type { RepairSurvey } from './survey.js';
import type { TableSurvey } from './table-survey.js';
import { describeWhatRemains } from './what-remains.js';

/** What the header of a repair or undo file tells. */
export interface RepairHeader {
  readonly survey: RepairSurvey;
  readonly dialect: RepairDialect;
  readonly result: RunResult;
  readonly path: string;
  readonly otherPath: string;
}

/** The header as SQL comments: where the file comes from, how to apply it, and what to know before. */
export function* formatRepairHeader({
  survey,
  dialect,
  result,
  path,
  otherPath,
}: RepairHeader): Generator<string> {
  const isRepair = survey.direction === 'repair';
  const lines = [
    isRepair
      ? 'Repair SQL: makes these rows of the target equal to the source.'
      : 'Undo SQL: brings the rows of the target back as they were before the repair.',
    `Written by rowproof ${result.rowproof} for the run that began at ${result.startedAt}.`,
    `Source: ${result.source.url} (${result.source.engine} ${result.source.version})`,
    `Target: ${result.target.url} (${result.target.engine} ${result.target.version})`,
    '',
    ...[...survey.tables].flatMap(([name, table]) => describeTable(name, table)),
    `In all: ${formatCounted(survey.written, 'row')} written, ${formatCount(survey.skipped)} left alone.`,
    '',
    ...(isRepair
      ? [
          `Apply to the target with:  ${commandFor(dialect.notingCommand, path, path)}`,
          `Take it back with:         ${commandFor(dialect.toldCommand, otherPath, path)}`,
          `Keep ${toldPathOf(path)}: it says what this changed, and the undo takes back nothing else.`,
        ]
      : [
          `It belongs to ${otherPath}, and takes back what that file changed, as ${toldPathOf(otherPath)} says.`,
          `Apply to the target with:  ${commandFor(dialect.toldCommand, path, otherPath)}`,
        ]),
    'A row that was changed since the run is left alone; verify again afterwards.',
    ...warningsOf(survey, result),
  ];
  for (const line of lines) yield line === '' ? '--\n' : `-- ${visibleName(line)}\n`;
  yield `--\n-- format: ${REPAIR_FORMAT} ${plainJson(describeFile(survey, result))}\n`;
  const numbers = numberTables(survey);
  for (const [name, { pair }] of survey.tables) {
    const number = numbers.get(name);
    if (number !== undefined) yield `-- table ${number}: ${plainJson(describeColumns(pair))}\n`;
  }
}

/** The format of the files, which `rowproof apply` reads; readers refuse a number that they do not know. */
const REPAIR_FORMAT = 'rowproof/repair@1';

/** The number that each table with statements has in the marks of its rows, in a repair as in its undo. */
export function numberTables({ tables }: RepairSurvey): ReadonlyMap<string, number> {
  const numbered = [...tables].map(([name, { counts }], index) => ({ name, counts, number: index + 1 }));
  const written = numbered.filter(({ counts }) => counts.insert + counts.update + counts.delete > 0);
  return new Map(written.map(({ name, number }) => [name, number]));
}

/** What tells the notes of a run from those of others: the digits of the time at which it began. */
export function runOf({ startedAt }: Pick<RunResult, 'startedAt'>): string {
  return startedAt.replaceAll(/\D/g, '');
}

function describeFile({ direction, tables }: RepairSurvey, result: RunResult): object {
  const { target, seed, startedAt } = result;
  const [schema = ''] = [...tables.values()].map(({ pair }) => pair.target.schema);
  return { direction, engine: target.engine, schema, url: target.url, seed, startedAt, notes: runOf(result) };
}

function describeColumns({ target, key, columns }: TablePair): object {
  const names = (pairs: readonly ColumnPair[]): string[] =>
    pairs.filter((pair) => !pair.target.generated).map((pair) => pair.target.name);
  return { schema: target.schema, name: target.name, key: names(key), columns: names([...key, ...columns]) };
}

/** JSON without a character that a terminal or a client would obey or hide. */
export function plainJson(value: object): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Where the commands of a header put what a repair prints. */
export function toldPathOf(repairPath: string): string {
  return `${repairPath.replace(/\.sql$/i, '')}.applied.sql`;
}

function commandFor(command: string, path: string, repairPath: string): string {
  const quoted = (name: string): string =>
    /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  return command.replaceAll(/FILE|TOLD/g, (place) =>
    quoted(place === 'FILE' ? path : toldPathOf(repairPath)),
  );
}

function describeTable(name: string, { counts }: TableSurvey): string[] {
  const { insert, update, delete: deleted, skipped } = counts;
  if (insert + update + deleted + skipped === 0) return [];
  return [`${name}: ${insert} inserted, ${update} updated, ${deleted} deleted, ${skipped} left alone`];
}

function warningsOf({ tables, direction }: RepairSurvey, result: RunResult): string[] {
  const warnings = direction === 'repair' ? [...describeWaived(result), ...describeWhatRemains(result)] : [];
  if (result.tables.some(({ mode }) => mode !== 'full'))
    warnings.push('Not every row was compared: rows that were not read are not in here.');
  if (result.interrupted) warnings.push('The run was interrupted: rows that were not read are not in here.');
  for (const [name, table] of tables) {
    const { counts } = table;
    if (counts.insert + counts.update + counts.delete === 0) continue;
    if (isConditional(table.pair)) {
      warnings.push(`Only rows of ${name} that meet the condition of the run were compared.`);
    }
    if (direction === 'repair' && !table.table.transactional) {
      warnings.push(
        `${name} takes nothing back by itself: where this file stops, what it changed there stays until its undo is run.`,
      );
    }
    if (table.table.triggers.length > 0) {
      warnings.push(
        `Triggers of ${name} may fire while this is applied: ${table.table.triggers.join(', ')}.`,
      );
    }
    if (table.table.unseen !== null && counts.delete + counts.update > 0) {
      warnings.push(
        `The run could not see whether other tables refer to ${name}. Its indexed columns are changed, and its rows deleted, only where the account that applies this sees that none does (PROCESS, and a privilege on the tables that do).`,
      );
    }
    if (direction === 'undo' && table.pair.key.length === 0 && counts.delete > 0) {
      warnings.push(onceWithoutKey(name));
    }
    const lost = uncomparedColumns(table);
    if (direction === 'repair' && counts.delete > 0 && lost.length > 0) {
      warnings.push(`Deleted rows of ${name} lose columns that were not compared: ${lost.join(', ')}.`);
    }
    if (direction === 'undo' && counts.insert > 0 && lost.length > 0) {
      warnings.push(`Rows of ${name} come back without columns that were not compared: ${lost.join(', ')}.`);
    }
  }
  return warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `WARNING: ${warning}`)];
}

/** Of rows that no key names, an undo tells its own from those of others by their number alone. */
export function onceWithoutKey(table: string): string {
  return `${table} has no key: run this once. Run again, it would delete a row that somebody added since, if that is equal to one that was taken back.`;
}

function describeWaived({ totals: { waived = 0 } }: RunResult): string[] {
  if (waived === 0) return [];
  const rows = `${formatCounted(waived, 'row')} ${waived === 1 ? 'is' : 'are'} waived`;
  return [`${rows} and left alone: let the waivers go, and run again, to have them repaired.`];
}

function uncomparedColumns({ pair }: TableSurvey): string[] {
  const compared = new Set(comparedColumns(pair).map(({ target }) => target.name));
  return pair.target.columns
    .filter(({ name, generated }) => !compared.has(name) && !generated)
    .map(({ name }) => name);
}
