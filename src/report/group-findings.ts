import type { Finding } from '../core/finding.js';
import type { TableResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { formatTableName } from '../words/table-name.js';
import { visibleMessage, visibleName } from '../words/visible-text.js';
import { formatPairName } from './verdict-text.js';

/** A finding, and the table pair that it is of; null where it is of the run. */
export interface PlacedFinding {
  readonly table: Pick<TableResult, 'source' | 'target'> | null;
  readonly finding: Finding;
}

/** What is said once, however many tables it holds of. */
export interface ToldFinding {
  readonly text: string;
  /** Empty where nothing needs doing. */
  readonly hint: string;
}

/** Tables that are named beside the first; all stand in the report's main table, and in the JSON result. */
const MOST_NAMED = 5;
const PLACEHOLDER = 'TABLE';

/** Says findings that concern the same of several tables once, with the number of tables and their names. */
export function tellFindings(placed: readonly PlacedFinding[]): ToldFinding[] {
  const groups = new Map<string, PlacedFinding[]>();
  for (const each of placed) {
    const name = JSON.stringify([each.table === null, each.finding.code, ...sharedOf(each)]);
    const group = groups.get(name) ?? [];
    if (!group.some((other) => nameOf(other) === nameOf(each))) groups.set(name, [...group, each]);
  }
  return [...groups.values()].map(tellGroup);
}

/** What findings of one group have in common; the sentence, where an earlier version saved nothing else. */
function sharedOf(placed: PlacedFinding): readonly unknown[] {
  const { about, message } = placed.finding;
  if (about === undefined) return [message, maskHint(placed)];
  return [about.side ?? null, about.columns ?? [], about.detail ?? ''];
}

function tellGroup(group: readonly PlacedFinding[]): ToldFinding {
  const [first, ...others] = group as [PlacedFinding, ...PlacedFinding[]];
  const { code, message, hint } = first.finding;
  const text = visibleMessage(message);
  const isNamed = namesTable(first);
  if (others.length === 0) {
    const prefix = first.table === null || isNamed ? '' : `${formatPairName(first.table)}: `;
    return { text: `[${code}] ${prefix}${text}`, hint: visibleMessage(hint) };
  }
  const advice = visibleMessage(maskHint(first));
  if (first.table !== null && !isNamed)
    return {
      text: `[${code}] ${formatCounted(group.length, 'table')} (${listNames(group)}): ${text}`,
      hint: advice,
    };
  const more = `The same of ${formatCount(others.length)} more ${others.length === 1 ? 'table' : 'tables'}`;
  return { text: `[${code}] ${text} ${more}: ${listNames(others)}.`, hint: advice };
}

/** Messages name their table as a rule; one that does not gets its name in front. */
function namesTable({ table, finding: { about, message } }: PlacedFinding): boolean {
  const names = [about?.table, table?.source, table?.target];
  return names.some((name) => name != null && message.includes(name));
}

/** What a finding of the run speaks of is named nowhere else, so none of these names is left out. */
function listNames(group: readonly PlacedFinding[]): string {
  const names = group.map(nameOf);
  const shown = group.some(({ table }) => table === null) ? names : names.slice(0, MOST_NAMED);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

function nameOf({ table, finding: { about } }: PlacedFinding): string {
  return table === null ? visibleName(about?.table ?? '') : formatTableName(table);
}

/** Only what follows a flag is a table's name for sure: the name alone may be a word of the sentence as well. */
function maskHint({ table, finding: { hint, about } }: PlacedFinding): string {
  const known = [about?.table, table?.source, table?.target];
  const names = known.flatMap((name) => (name == null ? [] : [name, name.split('.').slice(1).join('.')]));
  return hint.replaceAll(/(?<=--[a-z-]+ )\S+/g, (value) => {
    const name = names.find(
      (each) => each !== '' && value.startsWith(each) && endsName(value.slice(each.length)),
    );
    return name === undefined ? value : `${PLACEHOLDER}${value.slice(name.length)}`;
  });
}

function endsName(rest: string): boolean {
  return /^([.:]|\W*$)/.test(rest);
}
