import { CAUSE_TITLES, type CauseCode, type Diagnosis, type DiagnosisExample } from '../core/diagnosis.js';
import type { TableResult } from '../core/result.js';
import { formatCount, formatCounted } from './number-text.js';
import type { Paint } from './paint.js';
import { formatValue, formatValuePair } from './value-text.js';
import { visibleName } from './visible-text.js';
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
  readonly showValues: boolean;
  readonly paint: Paint;
}

/** Why the rows of a table pair differ: a line for each cause with its counts, and an example below it. */
export function formatDiagnoses({ table, told, width, showValues, paint }: Listing): string[] {
  // A result that an earlier version saved has none.
  const diagnoses = table.diagnoses ?? [];
  if (diagnoses.length === 0) return [];
  const own = diagnoses.filter((each) => !told.has(each));
  const shown = new Set(own.slice(0, MOST_DIAGNOSES));
  const lines = diagnoses.flatMap((diagnosis, i) => {
    if (!shown.has(diagnosis) && !told.has(diagnosis)) return [];
    const later = new Set(diagnoses.slice(i + 1).flatMap(({ columns }) => columns));
    const done = diagnosis.columns.filter((column) => !later.has(column));
    return [
      ...(told.has(diagnosis)
        ? []
        : [
            ...indented(`${describeCounts(diagnosis)}: ${describeCause(diagnosis)}`, { width }),
            ...formatEvidence({ table, diagnosis, place: '', width, showValues }),
          ]),
      ...done.flatMap((column) => describeRest(table, column)).flatMap((text) => indented(text, { width })),
    ];
  });
  const above = [...new Set(diagnoses.filter((each) => told.has(each)).map(nameCause))];
  if (above.length > 0) lines.unshift(...indented(`as told above: ${above.join('; ')}`, { width }));
  const more = own.length - shown.size;
  if (more > 0) lines.push(`${INDENT}… and ${formatCount(more)} more; --report json=PATH writes every one`);
  return ['', paint('strong', 'Why'), ...lines];
}

/** An example of a cause, and how to allow it; a level further in than what they are of. */
export function formatEvidence({ table, diagnosis, place, width, showValues }: Evidence): string[] {
  const examples = showValues ? firstRow(diagnosis) : [];
  const texts = [
    ...(examples.length === 0 ? [] : [`${place}${describeExample(examples)}`]),
    ...describeRelaxation(table, diagnosis),
  ];
  return texts.flatMap((text) => indented(text, { width, indent: `${INDENT}${INDENT}` }));
}

interface Evidence {
  readonly table: TableResult;
  readonly diagnosis: Diagnosis;
  /** What stands before the example, where it may be of any of several tables. */
  readonly place: string;
  readonly width: number;
  readonly showValues: boolean;
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

function describeCause(diagnosis: Diagnosis): string {
  return `${nameCause(diagnosis)} (${diagnosis.confidence})`;
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
