import { CAUSE_TITLES } from '../core/diagnosis.js';
import { RowproofError } from '../core/errors.js';
import { FINDING_EFFECTS } from '../core/finding.js';
import { isNestedDeeperThan } from '../core/nesting.js';
import { RUN_FORMAT, type RunResult, type TableResult } from '../core/result.js';
import { combineVerdicts } from '../core/verdict.js';
import * as saved from './saved-shape.js';
import { differenceShape, valueShape, valuesShape, waiverMark } from './saved-values.js';

/** Deeper than any result; what lies deeper would break those who write it out again. */
const MOST_DEPTH = 64;

const verdict = saved.isOneOf('verified', 'different', 'unverified', 'sampled', 'counted', 'waived');
const mode = saved.isOneOf('full', 'spot', 'count');
const texts = saved.isListOf(saved.isText);
const nullableText = saved.orNull(saved.isText);
const amount = saved.isAmount;

const subject = saved.isShape({
  table: saved.isText,
  side: saved.orAbsent(saved.isOneOf('source', 'target')),
  columns: saved.orAbsent(saved.isListOf(saved.isText)),
  detail: saved.orAbsent(saved.isText),
});
const finding = saved.isShape({
  code: saved.isKeyOf(FINDING_EFFECTS),
  about: saved.orAbsent(subject),
  message: saved.isText,
  hint: saved.isText,
});
const side = saved.isShape({
  engine: saved.isWord,
  product: saved.orAbsent(saved.isText),
  version: saved.isText,
  url: saved.isText,
});
const counts = {
  sourceRows: amount,
  targetRows: amount,
  missing: amount,
  extra: amount,
  changed: amount,
  inFlight: amount,
  unsettled: saved.orAbsent(amount),
  waived: saved.orAbsent(amount),
};
const remarks = saved.orAbsent(saved.isListOf(saved.isShape({ column: saved.isText, remarks: texts })));

const column = saved.isShape({
  source: saved.isText,
  target: saved.isText,
  compared: saved.isFlag,
  reason: saved.orAbsent(saved.isText),
});
const example = saved.isShape({
  key: valuesShape,
  column: saved.isText,
  source: valueShape,
  target: valueShape,
});
const diagnosis = saved.isShape({
  cause: saved.isKeyOf(CAUSE_TITLES),
  confidence: saved.isOneOf('proved', 'likely'),
  columns: texts,
  rows: amount,
  evidence: saved.isShape({ detail: saved.isText, of: amount, examples: saved.isListOf(example) }),
  relaxation: saved.orAbsent(saved.isText),
});

const canary = saved.isShape({
  way: saved.isOneOf('range', 'bucket', 'checksum'),
  outcome: saved.isOneOf('found', 'lost', 'no-rows', 'no-value', 'differs-already', 'failed'),
  column: nullableText,
});

const writeMark = saved.isShape({ proofs: saved.isRecordOf(saved.isText), unsettled: texts });

const left = saved.isShape({ mostDifferences: amount, estimatedRows: saved.orNull(amount) });

const table = saved.isShape({
  source: nullableText,
  target: nullableText,
  verdict,
  left: saved.orAbsent(left),
  mode: saved.orAbsent(mode),
  strategy: saved.orNull(saved.isOneOf('range', 'bucket', 'count')),
  checksum: saved.orAbsent(saved.orNull(saved.isOneOf('client', 'server', 'mixed'))),
  key: texts,
  elapsedMs: amount,
  coverage: saved.isShape({ rows: amount, chunks: amount, unverifiedChunks: amount }),
  columns: saved.isListOf(column),
  changedColumns: saved.isRecordOf(amount),
  findings: saved.isListOf(finding),
  diagnoses: saved.orAbsent(saved.isListOf(diagnosis)),
  canaries: saved.orAbsent(saved.isListOf(canary)),
  writeMarks: saved.orAbsent(
    saved.isShape({ source: saved.orNull(writeMark), target: saved.orNull(writeMark) }),
  ),
  sample: saved.isListOf(differenceShape),
  new: saved.orAbsent(amount),
  ...counts,
});

const load = saved.isShape({
  maxRowsPerSecond: saved.orNull(amount),
  maxBytesPerSecond: saved.orNull(amount),
  maxLoad: saved.orNull(amount),
  pausedMs: amount,
});

const workers = saved.isShape({
  used: amount,
  tried: amount,
  why: saved.isText,
  delayMs: saved.orAbsent(amount),
});

const hidden = saved.isShape({
  values: saved.isOneOf('shown', 'hidden'),
  keys: saved.isOneOf('shown', 'hashed'),
  shownColumns: texts,
});

const sittings = saved.isShape({
  count: amount,
  oldestReadAt: saved.isText,
  isSameData: saved.orAbsent(saved.isFlag),
});
const part = saved.isShape({ plan: saved.isText, part: amount, of: amount });
const parts = saved.isShape({
  plan: saved.isText,
  of: amount,
  missing: saved.isListOf(amount),
  oldestReadAt: saved.isText,
  newestReadAt: saved.isText,
  isSameData: saved.orAbsent(saved.isFlag),
});

const replication = saved.isShape({
  fences: saved.isListOf(saved.isShape({ way: saved.isText, tables: amount })),
  sourceFrom: nullableText,
  sourceTo: nullableText,
  lagMs: saved.orNull(saved.isShape({ first: amount, last: amount, most: amount })),
});

const sideSnapshot = saved.isShape({
  takenAt: saved.isText,
  heldMs: amount,
  sessions: amount,
  place: nullableText,
  endedBy: nullableText,
  mostWaiting: amount,
  isSeen: saved.isFlag,
  mostOldTransactions: saved.orNull(amount),
  mostUnreplayedBytes: saved.orNull(amount),
});
const pause = saved.isShape({ pausedMs: amount, asOf: nullableText, failure: nullableText });
const snapshot = saved.isShape({
  source: sideSnapshot,
  target: sideSnapshot,
  without: texts,
  pause: saved.orAbsent(pause),
});

const condition = saved.isShape({ table: saved.isText, source: nullableText, target: nullableText });

const waiver = saved.isShape({
  table: saved.isText,
  cause: saved.orAbsent(saved.isShape({ column: saved.isText, code: saved.isText })),
  rows: amount,
  ...waiverMark,
});
const baseline = saved.isShape({
  acceptedAt: nullableText,
  known: amount,
  new: amount,
  failsOnNew: saved.isFlag,
});

const result = saved.isShape({
  rowproof: saved.isText,
  seed: saved.isText,
  askedHash: saved.orAbsent(saved.isText),
  verdict,
  state: saved.orAbsent(saved.isOneOf('ended')),
  interrupted: saved.isFlag,
  stoppedBy: saved.orAbsent(saved.isOneOf('max-runtime')),
  run: saved.orAbsent(saved.isText),
  sittings: saved.orAbsent(sittings),
  part: saved.orAbsent(part),
  parts: saved.orAbsent(parts),
  mode,
  startedAt: saved.isText,
  elapsedMs: amount,
  lookedMs: saved.orAbsent(amount),
  command: saved.orAbsent(texts),
  consistency: saved.orAbsent(saved.isOneOf('chunk', 'snapshot', 'mixed')),
  snapshot: saved.orAbsent(snapshot),
  load: saved.orAbsent(load),
  workers: saved.orAbsent(workers),
  replication: saved.orAbsent(replication),
  hidden: saved.orAbsent(hidden),
  scope: saved.isShape({
    notChecked: texts,
    excluded: texts,
    conditions: saved.orAbsent(saved.isListOf(condition)),
    relaxations: remarks,
    assumptions: remarks,
  }),
  source: side,
  target: side,
  totals: saved.isShape({ ...counts, tables: amount, left: saved.orAbsent(amount) }),
  tables: saved.isListOf(table),
  waivers: saved.orAbsent(saved.isListOf(waiver)),
  baseline: saved.orAbsent(baseline),
  findings: saved.isListOf(finding),
});

/**
 * Reads the text of a saved JSON result; fields it does not know are left alone, as the format promises. Every field that
 * a report prints is checked first: the file may come from anybody.
 */
export function parseSavedResult(text: string, path: string): RunResult {
  const parsed = parseJson(text);
  const format = formatOf(parsed);
  if (format === null) {
    throw unreadable(
      `${path} is not a saved Rowproof result.`,
      'Save one with rowproof verify --report json=PATH.',
    );
  }
  if (format !== RUN_FORMAT) {
    throw unreadable(
      `${path} is in format ${format}, and this version reads ${RUN_FORMAT}.`,
      'Render it with the version that wrote it.',
    );
  }
  const { state } = parsed as { readonly state?: unknown };
  if (state === 'running' || state === 'failed') {
    throw unreadable(
      state === 'running'
        ? `${path} is of a run that has not ended.`
        : `${path} is of a run that ended before it had a result.`,
      'Its standard error says why. Run verify again.',
    );
  }
  const fault = isNestedDeeperThan(parsed, MOST_DEPTH) ? 'result' : result(parsed, 'result');
  if (fault !== null) {
    throw unreadable(
      `${path} is incomplete, or not what Rowproof writes: see ${fault}.`,
      'It may have been cut off or edited; run verify again.',
    );
  }
  const read = parsed as RunResult;
  if (combineVerdicts([read.verdict, ...read.tables.map((each) => each.verdict)]) !== read.verdict) {
    throw unreadable(
      `${path} contradicts itself: it says ${read.verdict}, and one of its tables says worse.`,
      'It was edited; run verify again.',
    );
  }
  const stray = read.tables.find(isWaivedInVain);
  if (stray !== undefined) {
    throw unreadable(
      `${path} contradicts itself: more or fewer rows of ${stray.target ?? stray.source} are waived than its verdict says.`,
      'It was edited; run verify again.',
    );
  }
  return withDefaults(read);
}

/** No more rows are waived than differ, and a table is waived where all of them are. */
function isWaivedInVain({ verdict: said, waived = 0, missing, extra, changed }: TableResult): boolean {
  const differing = missing + extra + changed;
  return waived > differing || (said === 'waived' && (waived === 0 || waived < differing));
}

/** A result of an earlier version has no digest of what was asked, and its tables have the mode of the run. */
function withDefaults(read: RunResult): RunResult {
  const tables = read.tables.map((each) => ({ ...each, mode: each.mode ?? read.mode }));
  return { ...read, ...(read.askedHash === undefined && { askedHash: '' }), tables };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is refused as no result.
    return null;
  }
}

function formatOf(parsed: unknown): string | null {
  if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, 'format')) return null;
  const { format } = parsed as { readonly format: unknown };
  return typeof format === 'string' && format.startsWith('rowproof/run@') ? format : null;
}

function unreadable(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}
