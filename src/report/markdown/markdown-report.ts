import type { RunResult, TableResult } from '../../core/result.js';
import { formatCount, formatCounted } from '../../words/number-text.js';
import type { ReportOptions } from '../report-options.js';
import { listScope } from '../scope-sentences.js';
import { formatSide } from '../side-text.js';
import { formatSummary } from '../summary.js';
import { listFindings, listSkippedColumns } from '../told-findings.js';
import { countDifferences, formatHeadline, formatPairName, formatShare } from '../verdict-text.js';
import { BoundedText } from './bounded-text.js';
import { codeSpan, shortCodeSpan } from './code-span.js';
import { listTableDetails } from './table-details.js';
import { listTableRows, TABLE_HEAD } from './table-rows.js';

/** What a comment of GitHub may hold is 65,536 characters. */
const MOST_BYTES = 64_000;
/** A name is at most 64 characters, a message of a server may be megabytes long. */
const MOST_SUMMARY = 2000;
const MOST_SENTENCE = 1000;
/** Room that is kept for "… and n more". */
const MORE_BYTES = 160;

const MARKS = {
  different: '❌',
  unverified: '⚠️',
  verified: '✅',
  sampled: '🟡',
  counted: '🟡',
  waived: '🟡',
} as const;

/**
 * The result as Markdown, verdict first, for comments and summaries of a job. Everything that a server or a user named
 * stands in code spans. What does not fit is counted, and the last line always says what stayed unverified.
 */
export function formatMarkdownReport(result: RunResult, { mostBytes = MOST_BYTES }: ReportOptions): string {
  const last = `\n${shortCodeSpan(formatSummary(result), MOST_SUMMARY)}\n`;
  const lastBytes = Buffer.byteLength(last);
  const text = new BoundedText(mostBytes - lastBytes);
  text.add(
    `## ${MARKS[result.verdict]} Rowproof: ${formatShare(result)}${result.verdict}${result.interrupted ? ', interrupted' : ''}\n\n`,
  );
  text.add(`${shortCodeSpan(formatHeadline(result), MOST_SENTENCE)}\n\n`);
  for (const side of ['source', 'target'] as const)
    text.add(`- ${shortCodeSpan(formatSide(side, result[side]), MOST_SENTENCE)}\n`);
  addTables(text, result);
  addFindings(text, result);
  for (const table of result.tables) addDetails(text, table);
  addList(text, { title: 'Columns that were not compared', items: listSkippedColumns(result) });
  addList(text, { title: 'Scope', items: listScope(result) });
  return `${text}${last}`;
}

function addTables(text: BoundedText, { tables, mode }: RunResult): void {
  const rows = listTableRows(tables, mode);
  if (rows.length === 0 || !text.add(`\n${TABLE_HEAD}`, MORE_BYTES)) return;
  const left = rows.findIndex((row) => !text.add(row, MORE_BYTES));
  if (left !== -1) text.add(`\n… and ${formatCounted(rows.length - left, 'more table')}.\n`);
}

function addFindings(text: BoundedText, result: RunResult): void {
  for (const { title, findings } of listFindings(result)) {
    const items = findings.map((told) => (told.hint === '' ? told.text : `${told.text} → ${told.hint}`));
    addList(text, { title, items });
  }
}

interface List {
  readonly title: string;
  readonly items: readonly string[];
}

function addList(text: BoundedText, { title, items }: List): void {
  if (items.length === 0 || !text.add(`\n### ${title}\n\n`, MORE_BYTES)) return;
  const left = items.findIndex((item) => !text.add(`- ${shortCodeSpan(item, MOST_SENTENCE)}\n`, MORE_BYTES));
  if (left !== -1) text.add(`\n… and ${formatCount(items.length - left)} more.\n`);
}

/** The whole of a table, or its title alone: what is not told here is counted in the table above. */
function addDetails(text: BoundedText, table: TableResult): void {
  if (countDifferences(table) === 0) return;
  const title = `\n### ${codeSpan(formatPairName(table))}\n\n`;
  const whole = `${title}${listTableDetails(table).join('')}`;
  if (!text.add(whole, MORE_BYTES)) text.add(`${title}… does not fit here.\n`, MORE_BYTES);
}
