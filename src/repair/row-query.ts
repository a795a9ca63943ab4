import type { ForeignKey, RowRule, UniqueRule } from '../engines/repair.js';
import { copyConditions } from './copy-statements.js';
import type { RepairedTable } from './repaired-table.js';
import type { RowChange } from './row-change.js';

/** What the target is asked of the rows of a table before they are written. */
export interface Questions {
  readonly rules: readonly RowRule[];
  readonly uniques: readonly UniqueRule[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** A row of the file and its place among the differing rows of its table. */
export interface NumberedChange {
  readonly number: number;
  readonly change: RowChange;
}

interface Query {
  readonly repaired: RepairedTable;
  readonly questions: Questions;
}

/**
 * A SELECT that stands for rows as they would be written and says of each what of it would be refused: `r0`, `r1`, … are
 * 1 where a rule is broken, `h0`, … where a row of the target has the unique value, `t0`, … that value as one text, and
 * `f0`, … where the parent is not there. Nothing is written; names in rules mean the columns of the row.
 */
export function buildAfterQuery({ repaired, questions }: Query, rows: readonly NumberedChange[]): string {
  const { rules, uniques, foreignKeys } = questions;
  const inner = [
    ...rules.map(({ broken }, i) => `CASE WHEN ${broken} THEN 1 ELSE 0 END AS rowproof_r${i}`),
    ...uniques.flatMap((rule, i) => uniqueParts(rule, i)),
  ];
  const outer = [
    'w.rowproof_n AS n',
    ...rules.map((_, i) => `w.rowproof_r${i} AS r${i}`),
    ...uniques.flatMap((rule, i) => [
      `${rule.token === null ? 'NULL' : `w.rowproof_t${i}`} AS t${i}`,
      `CASE WHEN ${buildHolder(rule, i, repaired)} THEN 1 ELSE 0 END AS h${i}`,
    ]),
    ...foreignKeys.map((key, i) => `CASE WHEN ${buildOrphan(key, repaired)} THEN 1 ELSE 0 END AS f${i}`),
  ];
  const from = `SELECT g.*${inner.map((part) => `, ${part}`).join('')} FROM (${buildRows({ repaired, questions }, rows)}) g`;
  return `SELECT ${outer.join(', ')} FROM (${from}) w`;
}

/** A SELECT of the unique values, as one text each, that rows of the target have now. */
export function buildBeforeQuery({ repaired, questions }: Query, rows: readonly NumberedChange[]): string {
  const { dialect } = repaired.catalog;
  const tokens = questions.uniques.map(
    ({ token, predicate }, i) =>
      `CASE WHEN ${predicate ?? '1 = 1'} THEN ${token ?? 'NULL'} ELSE NULL END AS t${i}`,
  );
  const table = dialect.quoteOnlyTable(repaired.pair.target);
  return rows
    .map(
      ({ number, change }) =>
        `SELECT ${number} AS n, ${tokens.join(', ')} FROM ${table} WHERE ${keyOf(change, repaired)}`,
    )
    .join(' UNION ALL ');
}

function uniqueParts({ expressions, predicate, token }: UniqueRule, at: number): string[] {
  return [
    ...expressions.map((expression, i) => `${expression} AS rowproof_u${at}_${i}`),
    `CASE WHEN ${predicate ?? '1 = 1'} THEN 1 ELSE 0 END AS rowproof_p${at}`,
    ...(token === null
      ? []
      : [`CASE WHEN ${predicate ?? '1 = 1'} THEN ${token} ELSE NULL END AS rowproof_t${at}`]),
  ];
}

/** Inside, bare names are those of the table; the row that is asked about has an alias. */
function buildHolder(rule: UniqueRule, at: number, { pair, catalog }: RepairedTable): string {
  const { dialect } = catalog;
  const same = rule.expressions.map((expression, i) => {
    const own = `w.rowproof_u${at}_${i}`;
    const equal = `${expression} ${rule.operators[i]} ${own}`;
    return rule.nullsDistinct ? equal : `(${equal} OR ${expression} IS NULL AND ${own} IS NULL)`;
  });
  const other = pair.key.map(({ target }) => {
    const name = dialect.quoteName(target.name);
    return dialect.buildSameKey(name, `w.${name}`);
  });
  const conditions = [
    ...same,
    ...(rule.predicate === null ? [] : [`(${rule.predicate})`]),
    ...(rule.token === null && other.length > 0 ? [`NOT (${other.join(' AND ')})`] : []),
  ];
  const table = dialect.quoteOnlyTable(pair.target);
  return `w.rowproof_p${at} = 1 AND EXISTS (SELECT 1 FROM ${table} WHERE ${conditions.join(' AND ')})`;
}

function buildOrphan(key: ForeignKey, { catalog }: RepairedTable): string {
  const quote = (name: string): string => catalog.dialect.quoteName(name);
  const given = key.columns.map((name) => `w.${quote(name)} IS NOT NULL`);
  const same = key.referencedColumns.map(
    (name, i) => `p.${quote(name)} ${key.operators[i]} w.${quote(key.columns[i] ?? '')}`,
  );
  const parent = `SELECT 1 FROM ${key.quotedReferenced} AS p WHERE ${same.join(' AND ')}`;
  return `${given.join(' AND ')} AND NOT EXISTS (${parent})`;
}

/** One branch a row; the first has no row and gives the columns their types. */
function buildRows(query: Query, rows: readonly NumberedChange[]): string {
  const { repaired } = query;
  const { dialect } = repaired.catalog;
  const { stored, computed } = neededColumns(query);
  const table = dialect.quoteOnlyTable(repaired.pair.target);
  const names = stored.map((name) => dialect.quoteName(name));
  const branches = [
    `SELECT 0 AS rowproof_n${names.map((name) => `, ${name}`).join('')} FROM ${table} WHERE 1 = 0`,
    ...rows.map(({ number, change }) => {
      const values = stored.map((name) => `, ${buildValue(name, change, repaired)}`).join('');
      const from = change.kind === 'insert' ? '' : ` FROM ${table} WHERE ${keyOf(change, repaired)}`;
      return `SELECT ${number}${values}${from}`;
    }),
  ];
  const generated = computed.map(
    (name) => `, ${repaired.table.generated.get(name)} AS ${dialect.quoteName(name)}`,
  );
  const union = branches.join(' UNION ALL ');
  return generated.length === 0 ? union : `SELECT b.*${generated.join('')} FROM (${union}) b`;
}

/** A column that the row does not give keeps what it has, or is not known: nothing is refused for its sake. */
function buildValue(name: string, change: RowChange, { catalog }: RepairedTable): string {
  const found = change.after.find(({ to }) => to.name === name);
  const typed = found === undefined ? null : catalog.dialect.buildTypedValue(found);
  return typed ?? (change.kind === 'insert' ? 'NULL' : catalog.dialect.quoteName(name));
}

function neededColumns({ repaired, questions }: Query): { stored: string[]; computed: string[] } {
  const { table, pair } = repaired;
  const asked = new Set([
    ...questions.rules.flatMap(({ columns }) => columns),
    ...questions.uniques.flatMap(({ columns }) => columns),
    ...questions.foreignKeys.flatMap(({ columns }) => columns),
    ...(questions.uniques.some(({ token }) => token === null)
      ? pair.key.map(({ target }) => target.name)
      : []),
    ...table.asked,
  ]);
  const computed = [...table.generated.keys()].filter((name) => asked.has(name));
  const sources = computed.map((name) => table.generated.get(name) ?? '');
  const stored = pair.target.columns
    .map(({ name }) => name)
    .filter((name) => !table.generated.has(name))
    .filter((name) => asked.has(name) || sources.some((text) => text.includes(name)));
  return { stored, computed };
}

function keyOf(change: RowChange, repaired: RepairedTable): string {
  const { key, copy } = change;
  const { catalog } = repaired;
  if (copy !== null) return copyConditions(change, repaired);
  return (key ?? []).map((value) => catalog.dialect.buildKeyCondition(value) ?? '1 = 0').join(' AND ');
}
