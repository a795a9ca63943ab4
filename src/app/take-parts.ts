import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { addSpan, type Coverage, findGaps, overlaps, unite } from '../core/coverage.js';
import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { TableId } from '../core/pairing.js';
import type { PartsResult } from '../core/result.js';
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

/** Takes over what the parts of a run learned, and notes of each table what none of them compared. */
export function takeParts(parts: Parts, tables: readonly TableState[], spool: Spool): void {
  for (const table of tables) takeTable(parts, table, spool);
}

function takeTable(parts: Parts, table: TableState, spool: Spool): void {
  const { id, pair } = table.planned;
  const found = parts.parts.flatMap((part): TablePart[] =>
    part.tables.filter((each) => each.id === id).map((each) => ({ part, table: each })),
  );
  for (const { part, table: own } of found) {
    table.restore(own.records.map(({ record }) => record));
    spool.adopt(id, part.part, { path: part.differencesPath, bytes: part.differences.bytes });
    table.adopt(
      own.stored.map((extent) => ({ ...extent, part: part.part })),
      own.elapsedMs,
    );
  }
  const shares = sharesOf(parts, id);
  const covered = uniteRanges(found);
  for (const { part, ranges } of shares) {
    if (!parts.missing.includes(part)) continue;
    const open = pair === null || ranges === null ? null : describeSpans(pair, ranges, table.showsKeys);
    noteOpen(table, open, `part ${part} of ${parts.plan.parts.length} is missing`);
  }
  const isRanged = shares.some(({ ranges }) => ranges !== null);
  const missed = shares.flatMap(({ part, ranges }) => (parts.missing.includes(part) ? (ranges ?? []) : []));
  const rest = isRanged ? findGaps(unite(covered, missed)) : [];
  if (rest.length === 0 || pair === null || table.isOpen) return;
  noteOpen(table, describeSpans(pair, rest, table.showsKeys), 'no part compared them');
}

/** Which part was to read what of a table. */
function sharesOf(
  { plan }: Parts,
  id: TableId,
): { readonly part: number; readonly ranges: Coverage | null }[] {
  return plan.parts.flatMap((tables, index) =>
    tables.filter((each) => each.id === id).map(({ ranges }) => ({ part: index + 1, ranges })),
  );
}

/** The key ranges that the parts compared; rows that two parts had read would be counted twice. */
function uniteRanges(found: readonly TablePart[]): Coverage {
  return found.reduce<Coverage>((all, { part, table }) => {
    const own = table.records.reduce<Coverage>(
      (ranges, { record }) =>
        record.kind === 'compared' && record.range !== null ? addSpan(ranges, record.range) : ranges,
      [],
    );
    if (!own.some((range) => overlaps(all, range))) return unite(all, own);
    throw new RowproofError({
      code: 'usage',
      message: `${part.path} has rows of ${table.name} that another part has too.`,
      hint: 'Read the parts again with one plan.',
    });
  }, []);
}

function noteOpen(table: TableState, open: string | null, message: string): void {
  const hint = 'Run the part with rowproof verify --plan PLAN --part N, and merge again.';
  table.record({ kind: 'unverified', open, error: { code: 'interrupted', message, hint, causes: [] } });
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
export function describeParts({ plan, parts, missing }: Parts): PartsResult {
  const times = parts.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).sort();
  return {
    plan: plan.id,
    of: plan.parts.length,
    missing,
    oldestReadAt: times[0] ?? '',
    newestReadAt: times.at(-1) ?? '',
  };
}
