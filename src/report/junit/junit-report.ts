import type { RunResult } from '../../core/result.js';
import { formatCounted } from '../../words/number-text.js';
import { guardText, spellUnseen } from '../../words/visible-text.js';
import { emptyCase, type TestCase } from './test-case.js';
import { listTestCases } from './test-cases.js';
import { escapeAttribute, escapeText } from './xml-text.js';

/** GitLab reads no file of 30 MB or more: https://docs.gitlab.com/ci/testing/unit_test_reports */
const MOST_BYTES = 25_000_000;
/** Readers refuse long nodes. */
const MOST_MESSAGE = 2000;
const MOST_DETAILS = 20_000;

type Outcome = 'failure' | 'error' | 'skipped';
const OUTCOMES: readonly Outcome[] = ['failure', 'error', 'skipped'];

/**
 * The result as JUnit XML: a table pair is a test case. One that differs fails, one that was not checked is an error, and
 * what was excluded, sampled, counted or allowed on request is skipped with a reason, never a pass.
 */
export function formatJunitReport(result: RunResult): string {
  return formatTestSuite(listTestCases(result), {
    seconds: result.elapsedMs / 1000,
    startedAt: result.startedAt,
    properties: [
      ['rowproof', result.rowproof],
      ['verdict', result.verdict],
      ['mode', result.mode],
      ['source', `${result.source.engine} ${result.source.version} at ${result.source.url}`],
      ['target', `${result.target.engine} ${result.target.version} at ${result.target.url}`],
      ['asked', result.askedHash],
    ],
  });
}

/** What a file of test cases says beside them. */
export interface TestSuite {
  readonly seconds: number;
  readonly startedAt: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** Test cases as JUnit XML, in a file that readers take. */
export function formatTestSuite(
  cases: readonly TestCase[],
  { seconds, startedAt, properties }: TestSuite,
): string {
  const lines = properties.map(
    ([name, value]) =>
      `      <property name=${escapeAttribute(name)} value=${escapeAttribute(cut(value, MOST_MESSAGE))}/>`,
  );
  const head = `    <properties>\n${lines.join('\n')}\n    </properties>\n`;
  return formatSuite(fitIntoFile(nameApart(cases)), { seconds, startedAt, head });
}

/** JUnit XML of one test case that is an error, for a run that has no result. */
export function formatJunitError(message: string, startedAt: string): string {
  const only = { ...emptyCase('run', 'the run'), error: message };
  return formatSuite([{ ...only, xml: formatCase(only) }], { seconds: 0, startedAt, head: '' });
}

type WrittenCase = TestCase & { readonly xml: string };

interface Suite {
  readonly seconds: number;
  readonly startedAt: string;
  readonly head: string;
}

function formatSuite(cases: readonly WrittenCase[], { seconds, startedAt, head }: Suite): string {
  const count = (outcome: Outcome) => cases.filter((each) => outcomeOf(each) === outcome).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(startedAt);
  const when = isTime ? ` timestamp="${startedAt}"` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="rowproof" ${counts}>
  <testsuite name="rowproof" ${counts}${when}>
${head}${cases.map(({ xml }) => xml).join('')}  </testsuite>
</testsuites>
`;
}

/** Gives each test case a name that no other has, as it will stand in the file: readers drop the second of two. */
function nameApart(cases: readonly TestCase[]): TestCase[] {
  const taken = new Set<string>();
  return cases.map((each) => {
    const name = guardText(spellUnseen(each.name));
    let free = name;
    for (let number = 2; taken.has(`${each.group} ${free}`); number++) free = `${name} (${number})`;
    taken.add(`${each.group} ${free}`);
    return { ...each, name: free };
  });
}

/** Writes the cases so that the file stays readable: details go first, then passes, and what is gone is an error. */
function fitIntoFile(cases: readonly TestCase[]): WrittenCase[] {
  const whole = cases.map((each) => ({ ...each, xml: formatCase(each) }));
  if (bytesOf(whole) <= MOST_BYTES) return whole;
  const brief = cases.map((each) => ({ ...each, xml: formatCase({ ...each, details: '' }) }));
  if (bytesOf(brief) <= MOST_BYTES) return brief;
  const kept: WrittenCase[] = [];
  let bytes = 0;
  for (const each of brief.toSorted((one, other) => rank(one) - rank(other))) {
    bytes += Buffer.byteLength(each.xml);
    if (bytes > MOST_BYTES) break;
    kept.push(each);
  }
  const gone = `${formatCounted(brief.length - kept.length, 'test case')} did not fit into this file; --report json=PATH writes every table.`;
  const rest = { ...emptyCase('run', 'what did not fit'), error: gone };
  return [...kept, { ...rest, xml: formatCase(rest) }];
}

function rank(each: TestCase): number {
  if (each.group === 'run') return 0;
  const outcome = outcomeOf(each);
  return outcome === null ? OUTCOMES.length + 1 : OUTCOMES.indexOf(outcome) + 1;
}

/** The one outcome of a test case, so that totals add up to the number of cases; null for a pass. */
function outcomeOf(each: TestCase): Outcome | null {
  return OUTCOMES.find((outcome) => each[outcome] !== null) ?? null;
}

function bytesOf(cases: readonly WrittenCase[]): number {
  return cases.reduce((sum, { xml }) => sum + Buffer.byteLength(xml), 0);
}

function formatCase(each: TestCase): string {
  const head = `    <testcase classname="rowproof.${each.group}" name=${escapeAttribute(each.name)} time="${each.seconds.toFixed(3)}"`;
  const outcome = outcomeOf(each);
  if (outcome === null) return `${head}/>\n`;
  const type = outcome === 'skipped' ? '' : ` type="${outcome === 'failure' ? 'different' : 'unverified'}"`;
  const tag = `      <${outcome} message=${escapeAttribute(cut(each[outcome] ?? '', MOST_MESSAGE))}${type}`;
  const body = outcome === 'skipped' ? '' : formatBody(each);
  const told = body === '' ? `${tag}/>` : `${tag}>${body}</${outcome}>`;
  return `${head}>\n${told}\n    </testcase>\n`;
}

/** What differs and was not checked in full is a failure; that it was not is told first in its text. */
function formatBody({ failure, error, details }: TestCase): string {
  const gap = failure === null || error === null || error === failure ? [] : [`Not fully checked: ${error}`];
  const parts = [...gap.map((text) => cut(text, MOST_MESSAGE)), cut(details, MOST_DETAILS)];
  return escapeText(parts.filter((part) => part !== '').join('\n\n'));
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} …`;
}
