import { CAUSE_TITLES, type CauseCode, type Diagnosis, type DiagnosisExample } from '../core/diagnosis.js';
import type { TableResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { formatValue, formatValuePair } from '../words/value-text.js';
import { visibleName } from '../words/visible-text.js';
import type { Paint } from './paint.js';
import { wrapWords } from './wrap-text.js';

/** More diagnoses than this belong into the JSON result, not into a report. */
const MOST_DIAGNOSES = 12;
const VALUE_LIMIT = 40;
const INDENT = '  ';

/** What the rows are called that causes of whole rows are about; all other causes are about changed rows. */
const GROUP_NOUNS: Partial<Readonly<Record<CauseCode, string>>> = {
  'key-changed': 'missing row',
  'rows-duplicated': 'extra row',
  'sibling-survived': 'missing row',
  'target-empty': 'missing row',
  'missing-tail': 'missing row',
  'missing-at-intervals': 'missing row',
  'missing-runs': 'missing row',
  'round-row-count': 'missing row',
};

interface Listing {
  readonly table: TableResult;
  /** Causes that the report tells elsewhere, for several tables together. */
  readonly told: ReadonlySet<Diagnosis>;
  readonly width: number;
  readonly paint: Paint;
}

/** A cause in words. Names and values in them are visible text. */
export interface ToldDiagnosis {
  readonly diagnosis: Diagnosis;
  readonly text: string;
  /** An example, and how to allow what the rows have in common. */
  readonly notes: readonly string[];
  /** What no cause accounts for, of columns that no later diagnosis speaks of. */
  readonly rest: readonly string[];
}

/** Why the rows of a table pair differ, every cause with its counts. */
export function tellDiagnoses(table: TableResult): ToldDiagnosis[] {
  // A result that an earlier version saved has none.
  const diagnoses = table.diagnoses ?? [];
  return diagnoses.map((diagnosis, i) => {
    const later = new Set(diagnoses.slice(i + 1).flatMap(({ columns }) => columns));
    const done = diagnosis.columns.filter((column) => !later.has(column));
    return {
      diagnosis,
      text: `${describeCounts(diagnosis)}: ${nameCause(diagnosis)} (${diagnosis.confidence})`,
      notes: tellEvidence({ table, diagnosis }),
      rest: done.flatMap((column) => describeRest(table, column)),
    };
  });
}

/** The first causes under a heading, for a terminal, but those that are told elsewhere; nothing where none is known. */
export function formatDiagnoses({ table, told, width, paint }: Listing): string[] {
  const all = tellDiagnoses(table);
  if (all.length === 0) return [];
  const own = all.filter(({ diagnosis }) => !told.has(diagnosis));
  const shown = new Set(own.slice(0, MOST_DIAGNOSES));
  const lines = all.flatMap((each) => {
    const isTold = told.has(each.diagnosis);
    if (!shown.has(each) && !isTold) return [];
    return [
      ...(isTold ? [] : [...indented(each.text, { width }), ...formatNotes(each.notes, width)]),
      ...each.rest.flatMap((text) => indented(text, { width })),
    ];
  });
  const above = [
    ...new Set(all.flatMap(({ diagnosis }) => (told.has(diagnosis) ? [nameCause(diagnosis)] : []))),
  ];
  if (above.length > 0) lines.unshift(...indented(`as told above: ${above.join('; ')}`, { width }));
  const more = own.length - shown.size;
  if (more > 0) lines.push(`${INDENT}… and ${formatCount(more)} more; --report json=PATH writes every one`);
  return ['', paint('strong', 'Why'), ...lines];
}

/** An example of a cause, and how to allow it; a level further in than what they are of. */
export function formatEvidence({ width, ...evidence }: Evidence & { readonly width: number }): string[] {
  return formatNotes(tellEvidence(evidence), width);
}

function formatNotes(notes: readonly string[], width: number): string[] {
  return notes.flatMap((text) => indented(text, { width, indent: `${INDENT}${INDENT}` }));
}

function tellEvidence({ table, diagnosis, place = '' }: Evidence): string[] {
  const examples = firstRow(diagnosis);
  return [
    ...(examples.length === 0 ? [] : [`${place}${describeExample(examples)}`]),
    ...describeRelaxation(table, diagnosis),
  ];
}

interface Evidence {
  readonly table: TableResult;
  readonly diagnosis: Diagnosis;
  /** What stands before the example, where it may be of any of several tables. */
  readonly place?: string;
}

/** Of which column a cause is, and how many rows it accounts for. */
export function describeCounts({ cause, columns, rows, evidence: { of } }: Diagnosis): string {
  const subject = columns.length === 0 ? '' : `${columns.map(visibleName).join(' and ')}: `;
  const noun = GROUP_NOUNS[cause] ?? 'changed row';
  const counts =
    cause === 'key-changed'
      ? `${formatCounted(rows, 'pair')} of a missing and an extra row`
      : `${formatCount(rows)} of ${formatCounted(of, noun)}`;
  return `${subject}${counts}`;
}

/** What a cause is called, with what all of its rows share; the same for every column and table that it is found in. */
export function nameCause({ cause, evidence: { detail } }: Diagnosis): string {
  return `${CAUSE_TITLES[cause] ?? visibleName(cause)}${detail === '' ? '' : `, ${visibleName(detail)}`}`;
}

/** What the first example shows, and where several parts of its key changed, what the others of that row do. */
function firstRow({ cause, evidence: { examples } }: Diagnosis): readonly DiagnosisExample[] {
  const [first] = examples;
  if (first === undefined || cause !== 'key-changed') return examples.slice(0, 1);
  const key = JSON.stringify(first.key);
  return examples.filter((example) => JSON.stringify(example.key) === key);
}

/** A column is named where the key alone does not say whose values these are. */
function describeExample(examples: readonly DiagnosisExample[]): string {
  const [{ key } = { key: null }] = examples;
  const parts = Object.values(key ?? {});
  const name = key === null ? '' : `key ${parts.map((part) => formatValue(part, VALUE_LIMIT)).join(', ')}: `;
  const changes = examples.map(({ column, source, target }) => {
    const [left, right] = formatValuePair({ source, target, limit: VALUE_LIMIT });
    const whose = examples.length > 1 ? `${visibleName(column)} ` : '';
    return `${whose}${left.replaceAll('\n', ' ')} → ${right.replaceAll('\n', ' ')}`;
  });
  return `${name}${changes.join(', ')}`;
}

/** A name that means something else to a shell, or to a glob, is left for the reader to write. */
const PLAIN_NAME = /^[\w.]+$/;

/** How to allow what all changed rows of a column have in common. */
function describeRelaxation(
  { source, columns }: TableResult,
  { columns: own, relaxation }: Diagnosis,
): string[] {
  if (relaxation === undefined) return [];
  const column = columns.find(({ target }) => target === own[0])?.source;
  const name = `${source}.${column}`;
  const isPlain = source !== null && column !== undefined && PLAIN_NAME.test(name);
  const isKnown = /^[\w=.]+$/.test(relaxation);
  return [`to allow it: --relax ${isPlain ? name : 'TABLE.COLUMN'}:${isKnown ? relaxation : 'HOW'}`];
}

/** The changed rows of a column that none of its diagnoses accounts for. */
function describeRest({ changedColumns, diagnoses }: TableResult, column: string): string[] {
  const changed = Object.hasOwn(changedColumns, column) ? (changedColumns[column] ?? 0) : 0;
  const own = diagnoses.filter(
    ({ cause, columns }) => columns.includes(column) && GROUP_NOUNS[cause] === undefined,
  );
  const rest = changed - own.reduce((sum, { rows }) => sum + rows, 0);
  if (own.length === 0 || rest <= 0) return [];
  return [
    `${visibleName(column)}: ${formatCount(rest)} of ${formatCounted(changed, 'changed row')}: no known cause`,
  ];
}

/** Lines of a text within a width, those after the first further in. */
export function indented(
  text: string,
  { width, indent = INDENT }: { readonly width: number; readonly indent?: string },
): string[] {
  const [first = '', ...rest] = wrapWords(text, width - indent.length - 2);
  return [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
}
