import type { Finding } from '../core/finding.js';
import type { TableResult } from '../core/result.js';
import { formatCount, formatCounted } from './number-text.js';
import { formatPairName, formatTableName } from './verdict-text.js';
import { visibleMessage, visibleName } from './visible-text.js';

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

/** Says findings that differ in nothing but their table once, with the number of tables and their names. */
export function tellFindings(placed: readonly PlacedFinding[]): ToldFinding[] {
  const groups = new Map<string, PlacedFinding[]>();
  for (const each of placed) {
    const name = JSON.stringify([each.table === null, each.finding.code, maskMessage(each), maskHint(each)]);
    const group = groups.get(name) ?? [];
    if (!group.some((other) => nameOf(other) === nameOf(each))) groups.set(name, [...group, each]);
  }
  return [...groups.values()].map(tellGroup);
}

function tellGroup(group: readonly PlacedFinding[]): ToldFinding {
  const [first, ...others] = group as [PlacedFinding, ...PlacedFinding[]];
  const { code, message, hint } = first.finding;
  const text = visibleMessage(message);
  if (others.length === 0)
    return { text: `[${code}] ${prefixFor(first)}${text}`, hint: visibleMessage(hint) };
  const advice = visibleMessage(maskHint(first));
  if (first.table !== null && maskMessage(first) === message)
    return {
      text: `[${code}] ${formatCounted(group.length, 'table')} (${listNames(group)}): ${text}`,
      hint: advice,
    };
  const more = `The same of ${formatCount(others.length)} more ${others.length === 1 ? 'table' : 'tables'}`;
  return { text: `[${code}] ${text} ${more}: ${listNames(others)}.`, hint: advice };
}

/** Messages name their table as a rule; one that does not gets its name in front. */
function prefixFor(placed: PlacedFinding): string {
  if (placed.table === null || maskMessage(placed) !== placed.finding.message) return '';
  return `${formatPairName(placed.table)}: `;
}

/** What a finding of the run speaks of is named nowhere else, so none of these names is left out. */
function listNames(group: readonly PlacedFinding[]): string {
  const names = group.map(nameOf);
  const shown = group.some(({ table }) => table === null) ? names : names.slice(0, MOST_NAMED);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

function nameOf({ table, finding }: PlacedFinding): string {
  return table === null ? visibleName(subjectOf(finding) ?? '') : formatTableName(table);
}

/** The table that a finding of the run is about. */
function subjectOf({ code, message }: Finding): string | null {
  return code === 'extra-table' ? (/^Table (.+) exists /.exec(message)?.[1] ?? null) : null;
}

function maskMessage({ table, finding }: PlacedFinding): string {
  const names = table === null ? [subjectOf(finding)] : [table.source, table.target];
  return names.reduce<string>(
    (text, name) => (name === null ? text : text.replaceAll(name, PLACEHOLDER)),
    finding.message,
  );
}

/** Only what follows a flag is a table's name for sure: the name alone may be a word of the sentence as well. */
function maskHint({ table, finding: { hint } }: PlacedFinding): string {
  const names = [table?.source, table?.target, table?.source?.split('.').slice(1).join('.')];
  return hint.replaceAll(/(?<=--[a-z-]+ )\S+/g, (value) => {
    const name = names.find((each) => each && value.startsWith(each) && endsName(value.slice(each.length)));
    return name ? `${PLACEHOLDER}${value.slice(name.length)}` : value;
  });
}

function endsName(rest: string): boolean {
  return /^([.:]|\W*$)/.test(rest);
}
