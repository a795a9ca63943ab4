import type { Fence, FenceChoice } from '../../core/fence.js';
import type { Table } from '../../core/schema.js';
import { POSITION_STATEMENT, STANDBY_POSITION_STATEMENT } from './fence-positions.js';
import { parseLsn } from './lsn.js';
import { findPublicationFilter } from './publication-filters.js';
import type { PostgresqlReplication, SubscriptionFacts } from './replication-facts.js';

interface Sides {
  /** The source as it was before the target was read. */
  readonly before: PostgresqlReplication;
  readonly source: PostgresqlReplication;
  readonly target: PostgresqlReplication;
}

interface TablePair {
  readonly source: Table;
  readonly target: Table;
}

/** A subscription that takes its changes from the source. */
interface Candidate {
  readonly subscription: SubscriptionFacts;
  readonly slot: string;
}

/** Chooses by the subscription that carries a table. Only a table that was copied whole is applied with all others. */
export function chooseSubscriptions(sides: Sides): (pair: TablePair) => FenceChoice {
  const { source, target } = sides;
  const slots = target.subscriptions.flatMap((subscription): Candidate[] =>
    subscription.slot !== null && source.slots.some(({ name }) => name === subscription.slot)
      ? [{ subscription, slot: subscription.slot }]
      : [],
  );
  if (slots.length === 0)
    return () => none('the target is no standby, and has no subscription whose slot is on the source');
  const doubts = slots.map((candidate) => findHalt(candidate, source) ?? findDoubt(candidate, sides));
  const sure = slots.filter((_, i) => doubts[i] === null);
  const [doubt] = doubts.filter((each) => each !== null);
  if (sure.length === 0) return () => doubt ?? none('no subscription is that of the source');
  return (pair) => chooseFor(pair, sure, sides);
}

/** That nothing comes by a subscription at the moment; whose it is cannot be told then. */
function findHalt({ subscription, slot }: Candidate, source: PostgresqlReplication): FenceChoice | null {
  const { name, isEnabled, received } = subscription;
  if (!isEnabled) return halted(`subscription ${name} is disabled`);
  if (received === null) return halted(`subscription ${name} is not at work`);
  const found = source.slots.find((each) => each.name === slot);
  return found?.isActive === true ? null : halted(`nobody reads from slot ${slot} of the source`);
}

/**
 * Why a subscription may be that of another server with a slot of the same name: a copy of a server has its slots' names. What
 * it has received must lie between what was confirmed to the source before and what the source has written afterwards.
 */
function findDoubt({ subscription, slot }: Candidate, { before, source, target }: Sides): FenceChoice | null {
  const { name, received } = subscription;
  const confirmedBefore = before.slots.find((each) => each.name === slot)?.confirmed;
  const [place, written, confirmed] = [received, source.position, confirmedBefore].map(parseLsn);
  if (place == null || written == null || confirmed == null) return none(`slot ${slot} has no position`);
  const isAhead = target.endedMs <= source.beganMs && place > written;
  const isBehind = before.endedMs <= target.beganMs && place < confirmed;
  return isAhead || isBehind
    ? none(
        `subscription ${name} stands where the source's slot ${slot} does not, so that it is that of another server`,
      )
    : null;
}

function chooseFor(
  { source, target }: TablePair,
  candidates: readonly Candidate[],
  sides: Sides,
): FenceChoice {
  const name = `${source.schema}.${source.name}`;
  if (sides.source.unlogged.includes(name)) return leftOut('source', 'UNLOGGED');
  const partner = `${target.schema}.${target.name}`;
  if (partner !== name) return none(`a subscription writes ${name}, not ${partner}`);
  const carrying = candidates.find(({ subscription }) => statesOf(name, subscription, sides.target) !== null);
  const [first] = carrying === undefined ? candidates : [carrying];
  if (first === undefined) return none('no subscription carries it');
  const { subscription } = first;
  const filter = findPublicationFilter(source, subscription.publications, sides.source);
  if (filter !== null) return leftOut('source', filter);
  if (subscription.origin === 'none' && sides.source.subscriptions.length > 0)
    return leftOut('target', `subscription ${subscription.name} has origin = none`);
  const states = statesOf(name, subscription, sides.target);
  if (states === null)
    return halted(
      `subscription ${subscription.name} does not carry it yet (ALTER SUBSCRIPTION … REFRESH PUBLICATION)`,
    );
  const open = states.find((state) => state !== READY);
  if (open !== undefined)
    return halted(`subscription ${subscription.name} is still copying it (srsubstate ${open})`);
  return { kind: 'fence', fence: fenceOf(first, sides.source) };
}

const READY = 'r';

/** The states of a table, or of all partitions that hold its rows; null where the subscription does not carry them all. */
function statesOf(
  name: string,
  { states }: SubscriptionFacts,
  target: PostgresqlReplication,
): readonly string[] | null {
  const own = states[name];
  if (own !== undefined) return [own];
  const leaves = target.leaves[name] ?? [];
  const found = leaves.flatMap((leaf) => states[leaf] ?? []);
  return leaves.length > 0 && found.length === leaves.length ? found : null;
}

function fenceOf({ subscription, slot }: Candidate, source: PostgresqlReplication): Fence {
  return {
    way: 'subscription',
    reachedOn: 'source',
    order: source.isSynchronous ? 'table' : 'global',
    details: { slot, subscription: subscription.name },
    statements: {
      position: source.isStandby ? STANDBY_POSITION_STATEMENT : POSITION_STATEMENT,
      reached: "SELECT confirmed_flush_lsn >= '…' FROM pg_replication_slots WHERE slot_name = '…'",
    },
  };
}

function leftOut(side: 'source' | 'target', filter: string): FenceChoice {
  return { kind: 'left-out', side, filter };
}

function none(reason: string): FenceChoice {
  return { kind: 'none', reason, grant: null };
}

/** It follows, or will; what differs now may come to be equal, and nothing can be waited for. */
function halted(reason: string): FenceChoice {
  return { kind: 'none', reason, grant: null, isHalted: true };
}
