import type { CheckFinding, FindingLevel, GateContext, GateTable, Phase } from '../../core/gate/check.js';
import type { Fact } from '../../core/gate/fact.js';
import type { GateFacts } from '../../core/gate/gate-facts.js';
import type { Side } from '../../core/pairing.js';
import { holdsOwnRows, type Table } from '../../core/schema.js';
import { bothKnown } from '../findings.js';

/** A table that both sides have. */
export interface PairedTable extends GateTable {
  readonly source: Table;
  readonly target: Table;
}

const paired = new WeakMap<GateContext['tables'], readonly PairedTable[]>();

/** The tables of both sides that hold rows of their own on both. */
export function pairedTables({ tables }: Pick<GateContext, 'tables'>): readonly PairedTable[] {
  const found = paired.get(tables) ?? tables.flatMap((table) => pairOf(table) ?? []);
  paired.set(tables, found);
  return found;
}

function pairOf(table: GateTable): PairedTable | null {
  const { source, target } = table;
  if (source === null || target === null || !holdsOwnRows(source) || !holdsOwnRows(target)) return null;
  return { ...table, source, target };
}

/** The name of a table of the target, or of what belongs to it, by which findings are accepted. */
export function subjectOf({ schemas }: Pick<GateContext, 'schemas'>, ...names: readonly string[]): string {
  return [schemas.target, ...names].join('.');
}

/** How bad it is that the target lacks what is created late on purpose: before the end of the migration it may still come. */
export function lackLevel(phase: Phase): FindingLevel {
  return phase === 'preflight' ? 'warning' : 'failed';
}

/** Names of columns as the target has them; null where one of them has no partner. */
export function mapColumns(
  { columns }: Pick<GateTable, 'columns'>,
  names: readonly string[],
): readonly string[] | null {
  const mapped = names.map((name) => columns.get(name) ?? null);
  return mapped.includes(null) ? null : mapped.filter((name) => name !== null);
}

/** Facts by the table that they are of. */
export function groupByTable<Value extends { readonly table: string }>(
  values: readonly Value[],
): (table: string) => readonly Value[] {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(value.table, [...(groups.get(value.table) ?? []), value]);
  return (table) => groups.get(table) ?? [];
}

type ListName = {
  [Name in keyof GateFacts]: GateFacts[Name] extends Fact<readonly unknown[]> ? Name : never;
}[keyof GateFacts];
type ValueOf<Name extends keyof GateFacts> = GateFacts[Name] extends Fact<infer Value> ? Value : never;

/** Judges a fact where both sides tell it, or says which side does not. */
export function judgeBoth<Name extends ListName>(
  { facts }: Pick<GateContext, 'facts'>,
  { name, what }: { readonly name: Name; readonly what: string },
  judge: (values: Readonly<Record<Side, ValueOf<Name>>>) => readonly CheckFinding[],
): readonly CheckFinding[] {
  const both = bothKnown<ValueOf<Name>>(
    { source: facts.source[name], target: facts.target[name] } as Record<Side, Fact<ValueOf<Name>>>,
    { what },
  );
  return 'values' in both ? judge(both.values) : both.missing;
}

/** Names that are spelled in other letters, or with underscores, on another kind of server. */
export function findByName<Value extends { readonly name: string }>(
  name: string,
  values: readonly Value[],
): Value | null {
  const fold = (text: string): string => text.toLowerCase().replaceAll('_', '');
  return (
    values.find((value) => value.name === name) ??
    values.find((value) => fold(value.name) === fold(name)) ??
    null
  );
}

/** A list in a sentence: "a, b and 3 more". */
export function listShortly(names: readonly string[], most = 4): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
