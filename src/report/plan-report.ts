import { stringifyExact } from '../core/exact-json.js';
import { FINDING_EFFECTS, type Finding } from '../core/finding.js';
import type { RunPlan, TablePlan } from '../core/plan.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { formatTableName } from '../words/table-name.js';
import { guardJson, visibleMessage, visibleName } from '../words/visible-text.js';
import { tellFindings } from './group-findings.js';
import { listSomeNames } from './name-list.js';
import { formatFence, formatMissingFences } from './plan-fences.js';
import { formatEstimate, formatTableSize } from './plan-size.js';
import { formatSide } from './side-text.js';
import { formatPairName } from './verdict-text.js';

/** A plan for people: a paragraph a table pair. */
export function formatPlan(plan: RunPlan): string {
  const walked = plan.tables.filter((table) => table.strategy !== null).length;
  const sections = [
    [
      `PLAN: ${formatCount(walked)} of ${formatCounted(plan.tables.length, 'table')} would be ${listVerbs(plan)}${describeExpected(plan)}.`,
      formatSide('source', plan.source),
      formatSide('target', plan.target),
      ...formatEstimate(plan),
      ...formatMissingFences(plan),
    ].join('\n'),
    ...plan.tables.map(formatTable),
  ];
  if (plan.findings.length > 0) sections.push(formatFindings(plan.findings).join('\n'));
  if (plan.excluded.length > 0) {
    sections.push(`Excluded on request: ${listSomeNames(plan.excluded)}`);
  }
  return `${sections.join('\n\n')}\n`;
}

const MOST_NAMED = 5;

/** What makes the run's verdict sure, whatever its rows say. */
function describeExpected({ expected, tables, findings }: RunPlan): string {
  if (expected === null) return '';
  const decides = ({ code }: Finding): boolean => FINDING_EFFECTS[code] === expected;
  const reasons = [
    ...findings.filter(decides).map(({ code }) => code),
    ...tables.flatMap((table) => {
      const codes = [...new Set(table.findings.filter(decides).map(({ code }) => code))];
      return codes.length === 0 ? [] : [`${formatTableName(table)} (${codes.join(', ')})`];
    }),
  ];
  const more = reasons.length - MOST_NAMED;
  const named = `${reasons.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  const verdict = expected.toUpperCase();
  return `; the run ${expected === 'different' ? `would be ${verdict}` : `could be ${verdict} at best`}: ${named}`;
}

/** A plan for programs, format `rowproof/plan@2`. */
export function formatPlanJson(plan: RunPlan): string {
  return `${guardJson(stringifyExact(plan, 2))}\n`;
}

const VERBS = { full: 'read in full', spot: 'sampled', count: 'counted' } as const;

function listVerbs({ mode, tables }: RunPlan): string {
  const used = (['full', 'spot', 'count'] as const).filter((each) =>
    tables.some((table) => table.mode === each),
  );
  return (used.length === 0 ? [mode] : used).map((each) => VERBS[each]).join(' or ');
}

function formatTable(table: TablePlan): string {
  const lines = [`${formatPairName(table)} (${formatTableSize(table)})`];
  if (table.strategy === null) lines.push('  would not be read');
  if (table.strategy !== null && table.mode !== 'full')
    lines.push(`  would be ${VERBS[table.mode]}${describeShare(table)}`);
  if (table.strategy === 'range') {
    const key = table.key.map(({ target, order }) => `${visibleName(target)} as ${order}`).join(', ');
    lines.push(`  range by ${key}, in ${formatCounted(table.segments, 'segment')}`);
    lines.push(...formatColumns(table));
  }
  if (table.strategy === 'range') lines.push(...formatChecksum(table));
  if (table.strategy === 'bucket') {
    const key = table.key.map(({ target }) => visibleName(target)).join(', ');
    lines.push(`  bucket by ${key === '' ? 'whole rows' : key}: ${visibleMessage(table.unwalkable ?? '')}`);
    lines.push(...formatColumns(table));
  }
  if (table.sql !== null) {
    lines.push(
      `  source: ${visibleMessage(table.sql.source)}`,
      `  target: ${visibleMessage(table.sql.target)}`,
    );
  }
  return [...lines, ...formatFence(table), ...formatFindings(table.findings)].join('\n');
}

function describeShare({ ratio }: TablePlan): string {
  return ratio < 1 ? `: about ${Number((ratio * 100).toPrecision(3))}% of its rows` : '';
}

const HASHERS = { auto: 'whoever proves faster, Rowproof or the servers', server: 'the servers' } as const;

/** Nothing is said where the user wants it so. */
function formatChecksum({ checksum }: TablePlan): string[] {
  if (checksum === null) return [];
  const { on, reason } = checksum;
  if (on !== 'client') return [`  hashed by ${HASHERS[on]}`];
  return reason === null ? [] : [`  hashed by Rowproof, because ${visibleMessage(reason)}`];
}

function formatColumns({ columns }: TablePlan): string[] {
  const compared = columns.filter((column) => column.compared);
  const skipped = columns.filter((column) => !column.compared);
  const lines = [`  compares ${compared.map(formatCompared).join(', ')}`];
  for (const { target, reason } of skipped) {
    lines.push(`  does not compare ${visibleName(target)}: ${visibleMessage(reason ?? 'left out')}`);
  }
  return lines;
}

function formatCompared({ target, canonical, assumed, relaxed }: TablePlan['columns'][number]): string {
  const how = [canonical, ...(assumed ?? []), ...(relaxed ?? [])].map((word) => visibleName(String(word)));
  return `${visibleName(target)} (${how.join(', ')})`;
}

/** Each table's stand under its name, which need not be said again. */
function formatFindings(findings: readonly Finding[]): string[] {
  return tellFindings(findings.map((finding) => ({ table: null, finding }))).map(({ text, hint }) =>
    hint === '' ? `  ${text}` : `  ${text}\n    → ${hint}`,
  );
}
