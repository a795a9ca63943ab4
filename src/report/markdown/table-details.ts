import type { RowDifference } from '../../core/difference.js';
import type { TableResult } from '../../core/result.js';
import { formatCount } from '../../words/number-text.js';
import { formatValue, formatValuePair } from '../../words/value-text.js';
import { tellDiagnoses } from '../diagnosis-listing.js';
import { type DifferenceLine, describeDifference } from '../difference-line.js';
import { atLeast, countDifferences } from '../verdict-text.js';
import { formatRowMark } from '../waiver-text.js';
import { codeSpan } from './code-span.js';

const MOST_ROWS = 10;
const MOST_VALUE = 80;

const HEAD = '| row | key | column | source | target |\n| --- | --- | --- | --- | --- |\n';

/** Why the rows of a table pair differ, and the first of them, as lines of Markdown. */
export function listTableDetails(table: TableResult): string[] {
  const causes = tellDiagnoses(table).flatMap(({ text, notes, rest }) => [
    `- ${codeSpan(text)}\n`,
    ...notes.map((note) => `  - ${codeSpan(note)}\n`),
    ...rest.map((each) => `- ${codeSpan(each)}\n`),
  ]);
  const rows = table.sample.slice(0, MOST_ROWS);
  const more = countDifferences(table) - rows.length;
  return [
    ...causes,
    ...(rows.length === 0 ? [] : [causes.length === 0 ? HEAD : `\n${HEAD}`]),
    ...rows.flatMap((row) => describeRow({ row, key: table.key })),
    ...(more > 0
      ? [
          `\n… and ${atLeast(table)}${formatCount(more)} more; \`--differences PATH\` writes every one${table.left === undefined ? '' : ' that was found'}.\n`,
        ]
      : []),
  ];
}

interface Row {
  readonly row: RowDifference;
  readonly key: readonly string[];
}

function describeRow(row: Row): string[] {
  const mark = formatRowMark(row.row);
  return describeDifference(row).map(({ kind, key, column, values }) => {
    const shown = kind === '' || mark === '' ? kind : `${row.row.kind}, ${codeSpan(mark)}`;
    const cells = [shown, span(key), span(column), ...describeValues(values).map(span)];
    return `| ${cells.join(' | ')} |\n`;
  });
}

/** An empty cell needs no code span. */
function span(text: string): string {
  return text === '' ? '' : codeSpan(text.replaceAll('\n', ' '));
}

function describeValues(values: DifferenceLine['values']): readonly string[] {
  if (values.kind === 'none') return ['', ''];
  if (values.kind === 'presence') return [values.source, values.target];
  const { source, target } = values;
  if (source !== undefined && target !== undefined)
    return formatValuePair({ source, target, limit: MOST_VALUE });
  return [source, target].map((value) => (value === undefined ? '' : formatValue(value, MOST_VALUE)));
}
