import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { whyNotRead } from '../config/file-reason.js';
import { VERSION } from '../config/version.js';
import { RowproofError } from '../core/errors.js';
import { parseExact } from '../core/exact-json.js';
import type { PlannedShares } from '../core/share.js';
import { digestPart } from '../state/parts/part-digest.js';
import { PART_FORMAT, type PartFile } from '../state/parts/part-format.js';
import { digestShares } from './plan-parts.js';

/** A part that was read, and where its differing rows lie. */
export interface ReadPart extends PartFile {
  readonly path: string;
  readonly differencesPath: string;
}

/** The parts of one planned run. */
export interface Parts {
  readonly plan: PlannedShares;
  /** In their order; of a part that ran more than once the one that ended last. */
  readonly parts: readonly ReadPart[];
  /** Runs of parts that a later one stands for. */
  readonly earlier: readonly ReadPart[];
  /** Numbers of the parts that are not there. */
  readonly missing: readonly number[];
}

/**
 * Reads the parts of a run and proves that they belong together: that they are of one plan, of one version and one time-zone data, and that each
 * has all of its differing rows. Throws a `usage` error else. Parts that are missing are told, not refused.
 */
export async function readParts(paths: readonly string[]): Promise<Parts> {
  const read = paths.map(readPart);
  const [first] = read;
  if (first === undefined)
    throw usage('Expected the files of a run in parts, got none.', 'rowproof merge part-*.json');
  for (const part of read) assertSameRun(first, part);
  for (const part of read) await assertWholeDifferences(part);
  const sorted = read.toSorted(byEnd);
  const last = new Map(sorted.map((part) => [part.part, part]));
  const count = first.plan.parts.length;
  return {
    plan: first.plan,
    parts: [...last.values()].sort((one, other) => one.part - other.part),
    earlier: sorted.filter((part) => last.get(part.part) !== part),
    missing: Array.from({ length: count }, (_, index) => index + 1).filter((part) => !last.has(part)),
  };
}

const byEnd = (one: ReadPart, other: ReadPart): number => (one.endedAt < other.endedAt ? -1 : 1);

function readPart(path: string): ReadPart {
  const part = parsePart(path);
  const { format, plan } = part;
  if (format !== PART_FORMAT) {
    throw usage(
      `Expected a part of a run, format ${PART_FORMAT}, got ${path}${typeof format === 'string' ? ` of the format ${format}` : ''}.`,
      'Name the files that rowproof verify --plan PLAN --part N wrote.',
    );
  }
  const { digest, ...content } = part;
  if (digestPart(content) !== digest || digestShares(plan) !== plan.id)
    throw usage(
      `${path} was altered since it was written.`,
      'Copy the part again, or read it again with the plan as it was written.',
    );
  assertOwnVersion(path, part.rowproof);
  return { ...part, path, differencesPath: join(dirname(path), basename(part.differences.file)) };
}

function parsePart(path: string): PartFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usage(
      `Cannot read the part ${path}: ${whyNotRead(error)}.`,
      'Name the files that rowproof verify --part wrote.',
    );
  }
  try {
    const part = parseExact(text);
    if (typeof part === 'object' && part !== null) return part as PartFile;
  } catch {
    // What is no JSON is no part.
  }
  throw usage(
    `Expected a part of a run, got ${path}, which is no JSON object.`,
    'A part that was copied by halves is not used: copy it again.',
  );
}

function assertSameRun(first: ReadPart, part: ReadPart): void {
  if (part.plan.id === first.plan.id) return;
  throw usage(
    `${part.path} is a part of another plan than ${first.path}.`,
    'Merge the parts of one plan; each run of rowproof plan --parts makes another one.',
  );
}

/** What another version says of a part is not what this one understands. */
function assertOwnVersion(path: string, version: string): void {
  if (version === VERSION) return;
  throw usage(
    `${path} was written by Rowproof ${version}, and this is ${VERSION}.`,
    'Plan a run, read its parts and merge them with one version.',
  );
}

/** A file of rows that was cut or exchanged would lose differences without a word. */
async function assertWholeDifferences({ path, differences, differencesPath }: ReadPart): Promise<void> {
  const digest = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of createReadStream(differencesPath)) {
      digest.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
  } catch (error) {
    throw usage(
      `Cannot read ${differencesPath}, the differing rows of ${path}: ${whyNotRead(error)}.`,
      'Keep both files of a part in one folder.',
    );
  }
  if (bytes === differences.bytes && digest.digest('hex') === differences.sha256) return;
  throw usage(
    `${differencesPath} does not hold the differing rows of ${path}: ${bytes} bytes are there of ${differences.bytes}${bytes === differences.bytes ? ', and others' : ''}.`,
    'Copy both files of the part again.',
  );
}

function usage(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}
