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

interface Telling {
  readonly table: TableResult;
  readonly showValues: boolean;
}

interface Listing extends Telling {
  readonly width: number;
  readonly paint: Paint;
}

/** A cause in words. Names and values in them are visible text. */
export interface ToldDiagnosis {
  readonly text: string;
  /** An example, and how to allow what the rows have in common. */
  readonly notes: readonly string[];
  /** What no cause accounts for, of columns that no later diagnosis speaks of. */
  readonly rest: readonly string[];
}

/** Why the rows of a table pair differ, every cause with its counts. */
export function tellDiagnoses({ table, showValues }: Telling): ToldDiagnosis[] {
  // A result that an earlier version saved has none.
  const diagnoses = table.diagnoses ?? [];
  return diagnoses.map((diagnosis, i) => {
    const examples = showValues ? firstRow(diagnosis) : [];
    const later = new Set(diagnoses.slice(i + 1).flatMap(({ columns }) => columns));
    const done = diagnosis.columns.filter((column) => !later.has(column));
    return {
      text: describeDiagnosis(diagnosis),
      notes: [
        ...(examples.length === 0 ? [] : [describeExample(examples)]),
        ...describeRelaxation(table, diagnosis),
      ],
      rest: done.flatMap((column) => describeRest(table, column)),
    };
  });
}

/** The first causes under a heading, for a terminal; nothing where none is known. */
export function formatDiagnoses({ width, paint, ...telling }: Listing): string[] {
  const told = tellDiagnoses(telling);
  if (told.length === 0) return [];
  const shown = told.slice(0, MOST_DIAGNOSES);
  const lines = shown.flatMap(({ text, notes, rest }) => [
    ...indented(text, width),
    ...notes.flatMap((note) => indented(note, width, `${INDENT}${INDENT}`)),
    ...rest.flatMap((each) => indented(each, width)),
  ]);
  const more = told.length - shown.length;
  if (more > 0) lines.push(`${INDENT}… and ${formatCount(more)} more; --report json=PATH writes every one`);
  return ['', paint('strong', 'Why'), ...lines];
}

function describeDiagnosis({ cause, confidence, columns, rows, evidence }: Diagnosis): string {
  const { detail, of } = evidence;
  const subject = columns.length === 0 ? '' : `${columns.map(visibleName).join(' and ')}: `;
  const noun = GROUP_NOUNS[cause] ?? 'changed row';
  const counts =
    cause === 'key-changed'
      ? `${formatCounted(rows, 'pair')} of a missing and an extra row`
      : `${formatCount(rows)} of ${formatCounted(of, noun)}`;
  const specifics = detail === '' ? '' : `, ${visibleName(detail)}`;
  return `${subject}${counts}: ${CAUSE_TITLES[cause] ?? visibleName(cause)}${specifics} (${confidence})`;
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

function indented(text: string, width: number, indent = INDENT): string[] {
  const [first = '', ...rest] = wrapWords(text, width - indent.length - 2);
  return [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
}
