import { hashConfig } from '../../config/config-hash.js';
import { RowproofError } from '../../core/errors.js';
import type { WriteMark } from '../../core/gate/write-marks.js';
import { qualifiedName, SIDES, type Side } from '../../core/pairing.js';
import type { RunResult, TableResult } from '../../core/result.js';
import type { PlannedTable } from '../../plan/table-pairing.js';
import { describeSide } from '../open-run.js';
import type { GateAsk } from './gate-ask.js';
import type { GateReading } from './read-gate.js';
import type { WriteMarks } from './write-marks.js';

/**
 * Takes the verdict of an earlier run, with what the servers said of writes before it read the first row. Throws a `usage`
 * error where it was asked of other servers, another scope or another schema: then it says nothing of these.
 */
export function checkEarlier(
  result: RunResult,
  { config }: Pick<GateAsk, 'config'>,
  { sides, tables }: GateReading,
): { readonly result: RunResult; readonly before: WriteMarks } {
  for (const side of SIDES) {
    const { url } = describeSide(sides[side]);
    if (result[side].url !== url)
      throw isOther(`its ${side} was ${result[side].url}, and this one is ${url}`);
  }
  if (result.askedHash !== hashConfig(config).askedHash)
    throw isOther('it was asked for other tables, columns, rules or another mode');
  if (result.part !== undefined || result.interrupted)
    throw isOther('it is of a part of a run, or of one that was interrupted');
  const known = new Map(result.tables.map((table) => [nameOf(table.source, table.target), table]));
  for (const table of tables) {
    const name = nameOf(
      table.source && qualifiedName(table.source),
      table.target && qualifiedName(table.target),
    );
    const then = known.get(name);
    if (then === undefined || describeColumns(then.columns) !== describeColumns(table.columns))
      throw isOther(`the columns of ${name} were others then, or it had no such table`);
  }
  return {
    result,
    before: { source: marksOf(result, tables, 'source'), target: marksOf(result, tables, 'target') },
  };
}

function nameOf(source: string | null, target: string | null): string {
  return target ?? source ?? '';
}

function describeColumns(columns: TableResult['columns']): string {
  return JSON.stringify(columns.map(({ source, target, compared }) => [source, target, compared]).toSorted());
}

function marksOf(
  result: RunResult,
  tables: readonly PlannedTable[],
  side: Side,
): ReadonlyMap<string, WriteMark> {
  const names = new Map(
    tables.flatMap((table) => (table[side] ? [[qualifiedName(table[side]), table[side].name]] : [])),
  );
  return new Map(
    result.tables.flatMap((table): [string, WriteMark][] => {
      const mark = table.writeMarks?.[side] ?? null;
      const name = names.get(table[side] ?? '');
      return mark === null || name === undefined ? [] : [[name, mark]];
    }),
  );
}

function isOther(why: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `The result of --rows says nothing of these databases: ${why}.`,
    hint: 'Ask with the flags that the run had, or leave --rows out: the rows are read then.',
  });
}
