import type { Wait } from './examine.js';
import { findParking } from './parking.js';
import type { Parking } from './statements.js';

import type { SurveyedRow, TableSurvey } from './table-survey.js';

interface Takers {
  readonly survey: TableSurvey;
  readonly waits: readonly Wait[];
  readonly rows: () => AsyncIterable<SurveyedRow>;
}

/**
 * Orders rows that pass unique values on: an update that gives one up goes before the row that takes it. Where updates
 * wait for each other in a ring, one of them puts its value aside; a ring that nothing can open is left alone, and so is
 * every row that waits for one that is left alone.
 */
export async function orderTakers({ survey, waits, rows }: Takers): Promise<void> {
  const known = await readRows(waits, rows);
  const open = (wait: Wait): boolean => isOpen(known.get(wait.waiter)) && isOpen(known.get(wait.holder));
  leaveWaiters(waits, known, survey);
  const pending = new Set(
    waits.filter(open).flatMap(({ holder }) => (known.get(holder)?.change.kind === 'update' ? [holder] : [])),
  );
  for (const { holder, rule } of waits.filter(open)) {
    const row = known.get(holder);
    if (row?.change.kind === 'delete') park(row, rule);
    if (row?.change.kind === 'update' && refersToOwnTable(row, survey) && park(row, rule))
      pending.delete(holder);
  }
  for (let round = 0; pending.size > 0; round++) {
    const free = [...pending].filter(
      (number) => !waits.some((wait) => open(wait) && isBlocked(wait, number)),
    );
    for (const number of free) {
      survey.early.set(number, round);
      pending.delete(number);
    }
    if (free.length > 0) continue;
    const opened = [...pending].find((number) => parkAll(number));
    if (opened !== undefined) {
      pending.delete(opened);
      continue;
    }
    for (const number of pending) {
      const own = waits.find(({ waiter, holder }) => waiter === number && pending.has(holder));
      survey.held.set(number, closedRing(own?.rule ?? ''));
      known.delete(number);
    }
    pending.clear();
    leaveWaiters(waits, known, survey);
  }

  function isBlocked({ waiter, holder }: Wait, number: number): boolean {
    return waiter === number && pending.has(holder);
  }

  function parkAll(number: number): boolean {
    const row = known.get(number);
    const rules = new Set(waits.filter(({ holder }) => holder === number).map(({ rule }) => rule));
    return row !== undefined && [...rules].every((rule) => park(row, rule));
  }

  function park(row: SurveyedRow, ruleName: string): boolean {
    const rule = survey.table.uniques.find(({ name }) => name === ruleName);
    if (rule === undefined) return false;
    const { change, number } = row;
    const found = findParking({ change, rule, survey, number });
    if (found === null) return false;
    const others: readonly Parking[] = survey.parked.get(number) ?? [];
    if (!others.some(({ column }) => column.name === found.column.name)) {
      survey.parked.set(number, [...others, found]);
    }
    return true;
  }
}

async function readRows(waits: readonly Wait[], rows: Takers['rows']): Promise<Map<number, SurveyedRow>> {
  const numbers = new Set(waits.flatMap(({ waiter, holder }) => [waiter, holder]));
  const known = new Map<number, SurveyedRow>();
  for await (const row of rows()) if (numbers.has(row.number)) known.set(row.number, row);
  return known;
}

function isOpen(row: SurveyedRow | undefined): boolean {
  return row !== undefined && row.obstacle === null;
}

function keptValue(rule: string): string {
  return `another row still has its value of unique key ${rule}`;
}

function closedRing(rule: string): string {
  return `it waits for its value of unique key ${rule} in a ring of listed rows, none of which can put its own value aside`;
}

/** Leaves rows alone that wait for one that keeps its value, and those that wait for them. */
function leaveWaiters(waits: readonly Wait[], known: Map<number, SurveyedRow>, survey: TableSurvey): void {
  for (let grown = true; grown; ) {
    grown = false;
    for (const { waiter, holder, rule } of waits) {
      if (isOpen(known.get(holder)) || !isOpen(known.get(waiter))) continue;
      survey.held.set(waiter, keptValue(rule));
      survey.parked.delete(waiter);
      survey.early.delete(waiter);
      known.delete(waiter);
      grown = true;
    }
  }
}

/** Such an update may refer to a row that comes only later, so it cannot go first. */
function refersToOwnTable({ change }: SurveyedRow, { table }: TableSurvey): boolean {
  const own = table.foreignKeys.filter((key) => key.referencedTable === table.name);
  return own.some(({ columns }) => change.after.some(({ to }) => columns.includes(to.name)));
}
