import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { addSpan, type Coverage, compareStarts, findGaps, overlaps, unite } from '../core/coverage.js';
import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { PartsResult } from '../core/result.js';
import type { TableShare } from '../core/share.js';
import { describeSpans } from '../state/describe-span.js';
import type { PartTable } from '../state/parts/part-format.js';
import type { Spool } from '../state/spool.js';
import type { TableState } from '../state/table-state.js';
import { formatCounted } from '../words/number-text.js';
import type { Parts, ReadPart } from './read-parts.js';

/** A table as one part read it. */
interface TablePart {
  readonly part: ReadPart;
  readonly table: PartTable;
}

/** What a part was to read of a table. */
interface PlannedShare extends TableShare {
  /** From 1. */
  readonly part: number;
}

/** Takes over what the parts of a run learned, and notes of each table what none of them compared. */
export function takeParts(parts: Parts, tables: readonly TableState[], spool: Spool): void {
  for (const table of tables) takeTable(parts, table, spool);
}

function takeTable(parts: Parts, table: TableState, spool: Spool): void {
  const { id, pair } = table.planned;
  const found = parts.parts.flatMap((part): TablePart[] =>
    part.tables.filter((each) => each.id === id).map((each) => ({ part, table: each })),
  );
  assertDisjoint(found);
  for (const { part, table: own } of found) {
    table.restore(own.records.map(({ record }) => record));
    spool.adopt(id, part.part, { path: part.differencesPath, bytes: part.differences.bytes });
    table.adopt(
      own.stored.map((extent) => ({ ...extent, part: part.part })),
      own.elapsedMs,
    );
  }
  if (pair === null) return;
  const shares = sharesOf(parts, table);
  for (const share of shares) noteUnread(parts, table, { share, found });
  noteUnplanned(table, shares);
  if (table.toResult([]).changed > 0 && found.some(({ part }) => !part.showValues)) noteHiddenValues(table);
}

/** Rows that two parts had read would be counted twice. */
function assertDisjoint(found: readonly TablePart[]): void {
  let all: Coverage = [];
  for (const { part, table } of found) {
    // Of a table that is not divided nobody but its part has anything.
    const isWhole = found.length > 1 && found.some((each) => each.table.ranges === null);
    const own = isWhole || table.ranges === null ? [] : rangesOf(table);
    if (isWhole || own.some((range) => overlaps(all, range))) {
      throw new RowproofError({
        code: 'usage',
        message: `${part.path} has rows of ${table.name} that another part has too.`,
        hint: 'Read the parts again with one plan.',
      });
    }
    all = unite(all, own);
  }
}

/** The key ranges of a table that a part compared. In their order, each joins the one before: there may be very many. */
function rangesOf({ records }: PartTable): Coverage {
  return records
    .flatMap(({ record }) => (record.kind === 'compared' && record.range !== null ? [record.range] : []))
    .sort((one, other) => compareStarts(one.after, other.after))
    .reduce<Coverage>(addSpan, []);
}

function sharesOf({ plan }: Parts, { planned }: TableState): readonly PlannedShare[] {
  return plan.parts.flatMap((tables, index) =>
    tables.filter(({ id }) => id === planned.id).map((share) => ({ ...share, part: index + 1 })),
  );
}

interface Reading {
  readonly share: PlannedShare;
  readonly found: readonly TablePart[];
}

/** Notes what a part was to read and did not; of rows that it could not compare it has said so itself. */
function noteUnread(parts: Parts, table: TableState, { share, found }: Reading): void {
  const { part, ranges } = share;
  const own = found.find((each) => each.part.part === part)?.table;
  const name = `part ${part} of ${parts.plan.parts.length}`;
  if (own === undefined) {
    noteOpen(table, ranges, parts.missing.includes(part) ? `${name} is missing` : `${name} lacks it`);
    return;
  }
  const kinds = new Set(own.records.map(({ record }) => record.kind));
  // What a part left is told by its table, with all that no part has read.
  if (kinds.has('left')) return;
  if (!kinds.has('done')) noteOpen(table, ranges, `${name} did not read it to its end`);
  else if (ranges !== null && !kinds.has('unverified') && !kinds.has('misread')) {
    const covered = rangesOf(own);
    const gaps = ranges.flatMap((range) => findGaps(covered, range));
    if (gaps.length > 0) noteOpen(table, gaps, `${name} did not compare them`);
  }
}

/** Proves that the plan gives all of a table to its parts: key ranges from open end to open end, or all of it to one. */
function noteUnplanned(table: TableState, shares: readonly PlannedShare[]): void {
  const planned = shares.reduce<Coverage>((all, { ranges }) => unite(all, ranges ?? []), []);
  const isWhole = shares.some(({ ranges }) => ranges === null);
  const gaps = isWhole ? [] : findGaps(planned);
  if (gaps.length > 0) noteOpen(table, gaps, 'the plan has them in no part');
}

function noteOpen(table: TableState, ranges: Coverage | null, message: string): void {
  const { pair } = table.planned;
  const open = pair === null || ranges === null ? null : describeSpans(pair, ranges, table.showsKeys);
  const hint = 'Run the part with rowproof verify --plan PLAN --part N, and merge again.';
  table.record({ kind: 'unverified', open, error: { code: 'interrupted', message, hint, causes: [] } });
}

function noteHiddenValues(table: TableState): void {
  table.addFinding({
    code: 'diagnosis-incomplete',
    about: { table: table.name, detail: 'hidden values' },
    message: `Why values of ${table.name} differ is not known: they were hidden where its parts were read.`,
    hint: 'Read the parts without --hide-values, and hide values where they are merged.',
  });
}

/** What is said of parts that ran more than once. */
export async function describeRepeatedParts({ earlier, parts }: Parts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const before of earlier) {
    const last = parts.find(({ part }) => part === before.part);
    if (last === undefined) continue;
    const lost = await countLostRows(before, last);
    const only =
      lost === 0
        ? 'Every row that differed in the earlier one differs in it too'
        : `${formatCounted(lost, 'row')} differed in the earlier one only`;
    findings.push({
      code: 'part-repeated',
      message: `Part ${before.part} ran twice, until ${before.endedAt} and ${last.endedAt}; the later one counts. ${only}.`,
      hint: lost === 0 ? '' : 'Rows that were repaired, or arrived late, are equal the second time.',
    });
  }
  return findings;
}

/** How many rows differ in the earlier run of a part and not, or in another way, in the later one. */
async function countLostRows(before: ReadPart, last: ReadPart): Promise<number> {
  const kept = new Set<string>();
  for await (const name of nameRows(last)) kept.add(name);
  let lost = 0;
  for await (const name of nameRows(before)) if (!kept.has(name)) lost++;
  return lost;
}

/** A digest of each row, of 128 bits: lists of rows may be long, and rows too. */
async function* nameRows({ differencesPath }: ReadPart): AsyncGenerator<string> {
  const lines = createInterface({
    input: createReadStream(differencesPath),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) yield createHash('sha256').update(line).digest().toString('latin1', 0, 16);
}

/** What a result says of the parts that it was joined from. */
export function describeParts({ plan, parts, missing }: Parts, isSameData: boolean): PartsResult {
  const times = parts.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).sort();
  return {
    plan: plan.id,
    of: plan.parts.length,
    missing,
    oldestReadAt: times[0] ?? '',
    newestReadAt: times.at(-1) ?? '',
    ...(isSameData || parts.some((part) => part.isSameData) ? { isSameData: true } : {}),
  };
}
