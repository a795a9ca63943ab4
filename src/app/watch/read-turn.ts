import { RowproofError } from '../../core/errors.js';
import type { RunEvent } from '../../core/event.js';
import { isPartlyUnverified } from '../../core/partly-unverified.js';
import type { RunResult } from '../../core/result.js';
import type { SavedRun } from '../../state/journal/read-sitting.js';
import { findHealed, type HealedRows } from '../../state/watch/known-rows.js';
import { WaiverBook } from '../../waivers/waiver-book.js';
import type { VerifyOutcome } from '../run-hooks.js';
import type { Sitting } from '../sitting.js';
import type { Turn } from './choose-turn.js';
import { openPassSitting } from './pass-sitting.js';
import { summarizePass } from './summarize-pass.js';
import type { EndedTurn } from './watch-news.js';
import type { TurnView, WatchRequest } from './watch-request.js';
import { lagWaitMs } from './watch-rules.js';
import type { Watching } from './watching.js';

/** What came of a pass or look. */
export type TurnOutcome =
  | { readonly kind: 'ended'; readonly turn: EndedTurn }
  /** What was kept is about another schema, or about other servers. */
  | { readonly kind: 'other-comparison' }
  | { readonly kind: 'failed' }
  /** It was stopped, or another process took over: nothing of it is told. */
  | { readonly kind: 'stopped' };

interface TurnRequest extends WatchRequest {
  readonly watching: Watching;
  readonly turn: Exclude<Turn, { kind: 'wait' }>;
  /** What was kept last. */
  readonly last: SavedRun | null;
}

/** Does a pass or a look, and keeps and tells what came of it. */
export async function readTurn(request: TurnRequest): Promise<TurnOutcome> {
  const { turn, watching, parts, signal } = request;
  begin(request);
  const view = await parts.openView(turn.kind);
  const sitting = openSitting(request);
  try {
    const outcome = await verifyOnce(request, { view, sitting });
    try {
      if (outcome.result.interrupted || !watching.isHeld) return { kind: 'stopped' };
      return await take(request, { view, outcome });
    } finally {
      // Of a process that was replaced nothing is kept.
      if (!watching.isHeld) sitting.journal?.abandon();
      await outcome.close();
      if (watching.isHeld) watching.term.removeEarlier();
    }
  } catch (error) {
    sitting.journal?.abandon();
    if (signal.aborted || !watching.isHeld) return { kind: 'stopped' };
    return survive(request, error);
  } finally {
    view.close();
    watching.turnTo('waiting');
  }
}

function begin({ turn, watching }: TurnRequest): void {
  const { kind, pass, goesOn } = turn;
  if (kind === 'pass' && !goesOn)
    watching.remember({ begun: { pass, startedAt: new Date().toISOString(), position: null } });
  watching.turnTo(kind);
}

function openSitting({ watching, config, turn, last, parts }: TurnRequest): Sitting {
  const { kind, pass, goesOn } = turn;
  return openPassSitting({
    term: watching.term,
    config,
    asked: { kind, pass },
    last,
    goesOn,
    onFailure: ({ message }) => {
      if (watching.isHeld) parts.onWarning(`Nothing more is kept of this pass: ${message}`);
    },
  });
}

interface Opened {
  readonly view: TurnView;
  readonly sitting: Sitting;
}

function verifyOnce(request: TurnRequest, { view, sitting }: Opened): Promise<VerifyOutcome> {
  const { parts, config, signal, rules, watching } = request;
  const onEvent = (event: RunEvent): unknown => {
    if (event.type === 'run:start') notePosition(watching, event.sourcePosition ?? null);
    return view.onEvent(event);
  };
  const { log, onWarning } = parts;
  return parts.verify(config, {
    onEvent,
    signal,
    rowEvents: false,
    keepsRows: true,
    wantsRepair: false,
    wantsServers: false,
    wantsMarks: request.turn.kind === 'pass',
    onWarning,
    log,
    sitting,
    waivers: WaiverBook.empty(),
    mostKnown: () => 0,
    lagWithinMs: lagWaitMs(rules),
  });
}

/** What goes on has the position of its begin. */
function notePosition(watching: Watching, position: string | null): void {
  const { begun } = watching.memory;
  if (begun !== null && begun.position === null) watching.remember({ begun: { ...begun, position } });
}

interface Taken {
  readonly view: TurnView;
  readonly outcome: VerifyOutcome;
}

async function take(request: TurnRequest, { view, outcome }: Taken): Promise<TurnOutcome> {
  const { turn, watching, onNews } = request;
  const before = watching.memory.rows;
  const { healed, known } = await findHealed(before, outcome.differences(), provedTables(outcome.result));
  if (!watching.isHeld) return { kind: 'stopped' };
  const ended = remember(request, { result: outcome.result, known });
  const told: EndedTurn = { kind: turn.kind, summary: ended, healed, mayBeMore: before.more > 0 };
  watching.turnTo(turn.kind, null);
  onNews({ type: 'turn', turn: told });
  if (turn.kind === 'pass') await view.write(outcome);
  return { kind: 'ended', turn: told };
}

interface Learned {
  readonly result: RunResult;
  readonly known: HealedRows['known'];
}

function remember({ turn, watching, rules }: TurnRequest, { result, known }: Learned): EndedTurn['summary'] {
  const { begun, lastPass, since } = watching.memory;
  const isPass = turn.kind === 'pass';
  const summary = summarizePass({
    result,
    pass: turn.pass,
    startedAt: isPass && begun !== null ? begun.startedAt : result.startedAt,
    position: isPass ? (begun?.position ?? null) : (lastPass?.oldestPosition ?? null),
    lagWaitMs: lagWaitMs(rules),
  });
  if (!isPass) {
    watching.remember({ lastLook: summary, rows: known });
    return summary;
  }
  const isSame = lastPass?.verdict === summary.verdict;
  watching.remember({
    passes: turn.pass,
    lastPass: summary,
    lastLook: null,
    since: isSame ? since : summary.endedAt,
    begun: null,
    rows: known,
  });
  return summary;
}

/** Says of a table, by its name on the target, whether all of it was compared; undefined of one that the run does not know. */
function provedTables({ tables }: RunResult): (table: string) => boolean | undefined {
  const proved = new Map(tables.map((table) => [table.target, !isPartlyUnverified(table)]));
  return (table) => proved.get(table);
}

/** A watch goes on after what may pass. What it was asked for and no pass can do ends it, and so does a failure at its very begin. */
function survive({ turn, watching, onNews }: TurnRequest, error: unknown): TurnOutcome {
  if (!(error instanceof RowproofError)) throw error;
  const isUsage = error.code === 'usage' || error.code === 'nothing-to-compare';
  if (turn.goesOn && isUsage) return { kind: 'other-comparison' };
  if (isUsage || watching.memory.passes === 0) throw error;
  watching.turnTo(turn.kind, error.message);
  onNews({ type: 'failed', kind: turn.kind, pass: turn.pass, message: error.message });
  return { kind: 'failed' };
}
