import type { TablePair } from '../core/pairing.js';
import type { ForeignKey, UniqueRule } from '../engines/repair.js';
import type { ControlRow } from '../engines/session.js';
import { tupleOf } from './obstacle.js';
import { spareValue } from './parking.js';
import type { RepairedTable } from './repaired-table.js';
import { buildAfterQuery, buildBeforeQuery, type NumberedChange, type Questions } from './row-query.js';
import { takes } from './table-survey.js';

/** One row takes a unique value that another row of the file has until then. Rows are named by their numbers. */
export interface Wait {
  readonly rule: string;
  readonly waiter: number;
  readonly holder: number;
}

/** A row whose parent is not on the target; the file may bring it. */
export interface Orphan {
  readonly number: number;
  readonly key: ForeignKey;
  readonly parent: string | null;
}

/** What the target said of the rows of a table before any was written. */
export interface Examination {
  /** By row number: why the target would refuse it. */
  readonly refused: Map<number, string>;
  readonly waits: Wait[];
  readonly orphans: Orphan[];
  /** Columns that may hold a number far above zero for a moment, for all that a CHECK says. */
  readonly spares: Set<string>;
}

export function emptyExamination(): Examination {
  return { refused: new Map(), waits: [], orphans: [], spares: new Set() };
}

export type Ask = (sql: string) => Promise<readonly ControlRow[]>;

interface Examined {
  readonly repaired: RepairedTable;
  readonly ask: Ask;
  /** Reads the rows that nothing else keeps from being written, each time in the same order. */
  readonly rows: () => AsyncIterable<NumberedChange>;
}

/** Rows, and characters of SQL, of one question. */
const MOST_ROWS = 200;
const MOST_CHARACTERS = 1 << 18;

/**
 * Asks the target which rows it would refuse: only the server knows what its collations, constraints, domains and
 * partitions make of a value. A question that it cannot answer is left out, since the file stops at what is refused.
 */
export async function examineTable(examined: Examined): Promise<Examination> {
  const found = emptyExamination();
  const questions = await chooseQuestions(examined);
  const { rules, uniques, foreignKeys } = questions;
  const { asked } = examined.repaired.table;
  if (rules.length + uniques.length + foreignKeys.length + asked.size === 0) return found;
  const wanted = uniques.map(() => new Map<string, number>());
  const taken = uniques.map(() => new Map<string, number>());
  const changes = new Map<number, NumberedChange>();
  for await (const batch of inBatches(examined.rows(), ({ change }) => change.kind !== 'delete')) {
    changes.clear();
    for (const row of batch) changes.set(row.number, row);
    for (const answer of await askRows(examined, questions, { batch, found })) {
      const row = changes.get(Number(answer.n));
      if (row !== undefined) readAnswer(examined.repaired, questions, { row, answer, found, wanted, taken });
    }
  }
  if (wanted.some(({ size }) => size > 0)) await findHolders(examined, questions, { wanted, found });
  if (found.waits.length > 0) await findSpares(examined, questions, found);
  return found;
}

/** Tries a value on the CHECKs of one column; what several columns must meet together is not tried. */
async function findSpares(
  { repaired, ask }: Examined,
  questions: Questions,
  found: Examination,
): Promise<void> {
  const ruled = repaired.pair.target.columns.filter(({ name, type }) => {
    const own = questions.rules.filter(({ columns }) => columns.includes(name));
    const isNumber = type.kind === 'int' || type.kind === 'decimal';
    return isNumber && own.length > 0 && own.every(({ columns }) => columns.length === 1);
  });
  for (const column of ruled) {
    const value = spareValue({ column, number: 0, isPositive: true });
    if (value === null) continue;
    const change = { kind: 'insert', key: null, before: [], after: [value], copy: null } as const;
    const rules = questions.rules.filter(({ columns }) => columns.includes(column.name));
    const sql = buildAfterQuery({ repaired, questions: { rules, uniques: [], foreignKeys: [] } }, [
      { number: 1, change },
    ]);
    // What fails on the server is in the log; without an answer the column spares no value.
    const [answer] = await ask(sql).catch(() => []);
    if (answer !== undefined && rules.every((_, i) => answer[`r${i}`] === '0')) found.spares.add(column.name);
  }
}

/** Leaves out what cannot go wrong, and what the server does not understand when asked about no row. */
async function chooseQuestions({ repaired, ask }: Examined): Promise<Questions> {
  const { table, pair } = repaired;
  const all: Questions = {
    rules: table.rules,
    uniques: table.uniques.filter((rule) => !isKey(rule, pair)),
    foreignKeys: table.foreignKeys,
  };
  if (await isUnderstood(all)) return all;
  const none: Questions = { rules: [], uniques: [], foreignKeys: [] };
  const keep = async <T>(items: readonly T[], alone: (item: T) => Questions): Promise<T[]> => {
    const kept: T[] = [];
    for (const item of items) if (await isUnderstood(alone(item))) kept.push(item);
    return kept;
  };
  return {
    rules: await keep(all.rules, (rule) => ({ ...none, rules: [rule] })),
    uniques: await keep(all.uniques, (rule) => ({ ...none, uniques: [rule] })),
    foreignKeys: await keep(all.foreignKeys, (key) => ({ ...none, foreignKeys: [key] })),
  };

  async function isUnderstood(questions: Questions): Promise<boolean> {
    try {
      await ask(buildAfterQuery({ repaired, questions }, []));
      return true;
    } catch {
      // What fails on the server is in the log; what it does not understand is left out.
      return false;
    }
  }
}

/** No other row has the key of a row, unless the target takes texts for the same that the comparison does not. */
function isKey(rule: UniqueRule, { key }: TablePair): boolean {
  const names = new Set(key.map(({ target }) => target.name));
  const isExact = key.every(({ target: { type } }) =>
    type.kind === 'text' ? type.order === 'codepoint' : type.kind !== 'enum' && type.kind !== 'set',
  );
  return isExact && rule.columns.length > 0 && rule.columns.every((name) => names.has(name));
}

async function* inBatches(
  rows: AsyncIterable<NumberedChange>,
  isWanted: (row: NumberedChange) => boolean,
): AsyncGenerator<readonly NumberedChange[]> {
  let batch: NumberedChange[] = [];
  let characters = 0;
  for await (const row of rows) {
    if (!isWanted(row)) continue;
    batch.push(row);
    for (const { value } of row.change.after) {
      characters += typeof value === 'string' ? value.length : (value?.hex.length ?? 4);
    }
    if (batch.length < MOST_ROWS && characters < MOST_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

/** A batch with a value that the server cannot read is halved until the row is found that has it. */
async function askRows(
  examined: Examined,
  questions: Questions,
  { batch, found }: { readonly batch: readonly NumberedChange[]; readonly found: Examination },
): Promise<readonly ControlRow[]> {
  try {
    return await examined.ask(buildAfterQuery({ repaired: examined.repaired, questions }, batch));
  } catch (error) {
    const [first] = batch;
    if (batch.length > 1) {
      const middle = batch.length >> 1;
      const halves = [batch.slice(0, middle), batch.slice(middle)];
      const answers = [];
      for (const half of halves)
        answers.push(...(await askRows(examined, questions, { batch: half, found })));
      return answers;
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (first !== undefined) found.refused.set(first.number, `the target does not take it: ${reason}`);
    return [];
  }
}

interface Answering {
  readonly row: NumberedChange;
  readonly answer: ControlRow;
  readonly found: Examination;
  /** By rule: values that some row of the target has, and the row of the file that is to get them. */
  readonly wanted: readonly Map<string, number>[];
  /** By rule: values that rows of the file are to get. */
  readonly taken: readonly Map<string, number>[];
}

function readAnswer(
  repaired: RepairedTable,
  { rules, uniques, foreignKeys }: Questions,
  { row, answer, found, wanted, taken }: Answering,
): void {
  const { number, change } = row;
  const sets = (columns: readonly string[]): boolean =>
    change.kind === 'insert' || change.after.some(({ to }) => columns.includes(to.name));
  const refuse = (reason: string): void => {
    if (!found.refused.has(number)) found.refused.set(number, reason);
  };
  for (const [i, rule] of rules.entries()) if (answer[`r${i}`] === '1') refuse(rule.reason);
  for (const [i, key] of foreignKeys.entries()) {
    if (answer[`f${i}`] !== '1' || !sets(key.columns)) continue;
    found.orphans.push({ number, key, parent: tupleOf(key.columns, change, repaired) });
  }
  if (found.refused.has(number)) return;
  for (const [i, rule] of uniques.entries()) {
    if (!takes(change, rule, repaired.table)) continue;
    const token = answer[`t${i}`] ?? null;
    const isHeld = answer[`h${i}`] === '1';
    if (token === null) {
      if (isHeld) refuse(`another row of the target excludes it by ${rule.name}`);
      continue;
    }
    if (taken[i]?.has(token) === true) {
      refuse(`another row of the source has an equal value of unique key ${rule.name}`);
      return;
    }
    taken[i]?.set(token, number);
    if (isHeld) wanted[i]?.set(token, number);
  }
}

/** A value that no row of the file gives up is kept by a row that the run does not change. */
async function findHolders(
  examined: Examined,
  questions: Questions,
  { wanted, found }: Pick<Answering, 'wanted' | 'found'>,
): Promise<void> {
  const { repaired, ask } = examined;
  const changes = new Map<number, NumberedChange>();
  for await (const batch of inBatches(examined.rows(), ({ change }) => change.kind !== 'insert')) {
    for (const row of batch) changes.set(row.number, row);
    for (const answer of await ask(buildBeforeQuery({ repaired, questions }, batch))) {
      const holder = changes.get(Number(answer.n));
      if (holder === undefined) continue;
      for (const [i, rule] of questions.uniques.entries()) {
        const token = answer[`t${i}`] ?? null;
        const waiter = token === null ? undefined : wanted[i]?.get(token);
        if (token === null || waiter === undefined) continue;
        const lets = holder.change.kind === 'delete' || takes(holder.change, rule, repaired.table);
        if (!lets) continue;
        wanted[i]?.delete(token);
        if (waiter !== holder.number) found.waits.push({ rule: rule.name, waiter, holder: holder.number });
      }
    }
    changes.clear();
  }
  for (const [i, rule] of questions.uniques.entries()) {
    for (const number of wanted[i]?.values() ?? []) {
      if (found.refused.has(number)) continue;
      found.refused.set(number, `another row of the target has an equal value of unique key ${rule.name}`);
    }
  }
}
