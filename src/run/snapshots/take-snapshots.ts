import { RowproofError, type SerializedError } from '../../core/errors.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { SessionHandle } from '../../engines/session.js';
import type { SnapshotFacts } from '../../engines/snapshots.js';
import type { SnapshotLane } from '../../runners/snapshot-lane.js';
import type { SnapshotAnswer, SnapshotOrder } from '../../tasks/snapshot-orders.js';
import type { PausedReplica } from './paused-replica.js';
import type { WriterLock } from './writer-lock.js';

/** So often sessions begin together, until they stand at the same place; then with half as many. */
const MOST_TRIES = 20;

/** What is taken of a side, and how. */
export interface SideTaking {
  readonly facts: SnapshotFacts;
  /** By which all sessions of the side read as of the instant of another one; null where there is none. */
  readonly name: string | null;
  /** What may keep writers out while snapshots are taken, so that all are of one instant; null where nothing may. */
  readonly lock: WriterLock | null;
}

/** What workers hold of a side. */
export interface TakenSide {
  readonly handles: readonly SessionHandle[];
  readonly place: string | null;
  /** By our clock. */
  readonly takenAt: Date;
}

interface Taking {
  readonly lanes: readonly SnapshotLane[];
  readonly sides: Readonly<Record<Side, SideTaking>>;
  readonly longestMs: number;
  /** The target, which comes to where the source was read before it is read itself; null where it goes on as it does. */
  readonly replica: PausedReplica | null;
  readonly signal: AbortSignal;
}

/** How many of the workers read, the first ones, and what they hold. */
export interface TakenSnapshots {
  readonly workers: number;
  readonly sides: Readonly<Record<Side, TakenSide>>;
}

/**
 * Has workers take a snapshot of each side that is of one instant for all of them: as many workers as that can be done with, down
 * to one. The side of which fewer can is asked first.
 */
export async function takeSnapshots(taking: Taking): Promise<TakenSnapshots> {
  const { replica } = taking;
  const byWorkers = SIDES.toSorted((one, other) => rank(taking.sides[one]) - rank(taking.sides[other]));
  const order = replica === null ? byWorkers : SIDES;
  let { lanes } = taking;
  const taken = new Map<Side, TakenSide>();
  for (const side of order) {
    const held = await takeSide({ ...taking, lanes }, side);
    lanes = lanes.slice(0, held.handles.length);
    taken.set(side, held);
    if (side === 'source') await replica?.advanceTo(held.place);
  }
  const cut = (held: TakenSide): TakenSide => ({ ...held, handles: held.handles.slice(0, lanes.length) });
  const [source, target] = SIDES.map((side) => taken.get(side));
  if (source === undefined || target === undefined) throw interrupted();
  return { workers: lanes.length, sides: { source: cut(source), target: cut(target) } };
}

function rank({ facts }: SideTaking): number {
  return { alone: 0, 'by-place': 1, 'by-name': 2 }[facts.way];
}

async function takeSide(taking: Taking, side: Side): Promise<TakenSide> {
  const { facts, name, lock } = taking.sides[side];
  if (facts.way === 'by-name') return beginWith(taking, { side, from: name });
  if (facts.way === 'by-place') {
    const taken = await takeByPlace(taking, side);
    if (taken !== null) return taken;
  }
  const needsPlace = side === 'source' && taking.replica !== null;
  if (lock !== null && (taking.lanes.length > 1 || (needsPlace && facts.way === 'alone'))) {
    // Sessions are opened before, so that nobody is kept from writing meanwhile.
    await begin(taking, { side, from: null });
    const taken = await lock.during(async (place) => {
      const held = await beginWith(taking, { side, from: null });
      return { ...held, place: held.place ?? place };
    });
    if (taken !== null) return taken;
  }
  return facts.way === 'by-place' ? takeFewer(taking, side) : beginWith(one(taking), { side, from: null });
}

/** Half as many sessions, and half of these, until they stand at one place. */
async function takeFewer(taking: Taking, side: Side): Promise<TakenSide> {
  for (let { lanes } = taking; lanes.length > 2; ) {
    lanes = lanes.slice(0, Math.ceil(lanes.length / 2));
    const taken = await takeByPlace({ ...taking, lanes }, side);
    if (taken !== null) return taken;
  }
  return beginWith(one(taking), { side, from: null });
}

function one(taking: Taking): Taking {
  return { ...taking, lanes: taking.lanes.slice(0, 1) };
}

/**
 * Sessions that stand at the same place of the binary log see the same rows: every commit in between would have moved it. Null
 * where they never did.
 */
async function takeByPlace(taking: Taking, side: Side): Promise<TakenSide | null> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const handles = await begin(taking, { side, from: null });
    const place = await findSharedPlace(taking.lanes.slice(0, handles.length), side);
    if (place !== null || handles.length === 1) return { handles, place, takenAt: new Date() };
    if (taking.signal.aborted) throw interrupted();
  }
  return null;
}

/** Asked twice, one after the other: the server computes the answers of all sessions in one place, ours and those of others. */
async function findSharedPlace(lanes: readonly SnapshotLane[], side: Side): Promise<string | null> {
  const places = new Set<string | null>();
  for (const lane of [...lanes, ...lanes]) {
    places.add(await askPlace(lane, side));
    if (places.size > 1) return null;
  }
  return [...places][0] ?? null;
}

async function beginWith(taking: Taking, wanted: Begin): Promise<TakenSide> {
  const handles = await begin(taking, wanted);
  const takenAt = new Date();
  return { handles, takenAt, place: await askPlace(taking.lanes[0], wanted.side) };
}

interface Begin {
  readonly side: Side;
  readonly from: string | null;
}

/** All at once, so that as little as possible is written in between. Workers behind one that the server does not let in do without. */
async function begin({ lanes, longestMs }: Taking, { side, from }: Begin): Promise<readonly SessionHandle[]> {
  const order: SnapshotOrder = { kind: 'begin', side, start: { from, longestMs } };
  const answers = await Promise.all(lanes.map((lane) => lane.tell(order)));
  const handles: SessionHandle[] = [];
  for (const answer of answers) {
    if (answer.kind !== 'begun') break;
    handles.push(answer.handle);
  }
  if (handles.length === 0) throw refused(side, answers[0]);
  return handles;
}

async function askPlace(lane: SnapshotLane | undefined, side: Side): Promise<string | null> {
  const answer = await lane?.tell({ kind: 'tell-place', side });
  if (answer?.kind === 'failed') throw refused(side, answer);
  return answer?.kind === 'place' ? answer.place : null;
}

function refused(side: Side, answer: SnapshotAnswer | undefined): RowproofError {
  const error: Partial<SerializedError> = answer?.kind === 'failed' ? answer.error : {};
  const { code = 'internal', message = 'no worker answered', hint = '' } = error;
  return new RowproofError({
    code,
    message: `Cannot read the ${side} as of one instant: ${message}`,
    hint: hint === '' ? 'Leave --snapshot out, or give each worker a connection with --workers.' : hint,
  });
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}
