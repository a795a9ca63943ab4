import type { GateContext } from '../../core/gate/check.js';
import type { TriggerFacts, TriggerFiring } from '../../core/gate/trigger-facts.js';
import { findByName, groupByTable, type PairedTable, pairedTables } from '../schema/paired.js';

/** Triggers of both sides that do the same on some events. */
export interface TriggerPair {
  readonly source: TriggerFacts;
  readonly target: TriggerFacts;
}

/** A trigger with those of its events on which nothing of the other side fires. */
export interface LoneTrigger {
  readonly trigger: TriggerFacts;
  readonly events: readonly string[];
}

/** The triggers of one table pair. */
export interface TablePairTriggers {
  readonly pair: PairedTable;
  readonly pairs: readonly TriggerPair[];
  readonly onSource: readonly LoneTrigger[];
  readonly onTarget: readonly LoneTrigger[];
}

/** The triggers of the tables that both sides have. */
export function pairedTriggers(
  context: Pick<GateContext, 'tables'>,
  facts: { readonly source: readonly TriggerFacts[]; readonly target: readonly TriggerFacts[] },
): readonly TablePairTriggers[] {
  const triggersOf = { source: groupByTable(facts.source), target: groupByTable(facts.target) };
  return pairedTables(context).map((pair) => ({
    pair,
    ...pairTriggers(triggersOf.source(pair.source.name), triggersOf.target(pair.target.name)),
  }));
}

/**
 * Pairs triggers by name first, then by time and event: servers that take one event a trigger have several in the place of one.
 * Each event of a trigger has one partner at the most, so that of two triggers on one event both must be there.
 */
export function pairTriggers(
  source: readonly TriggerFacts[],
  target: readonly TriggerFacts[],
): Omit<TablePairTriggers, 'pair'> {
  const left = new Map([...source, ...target].map((trigger) => [trigger, new Set(trigger.events)]));
  const pairs: TriggerPair[] = [];
  const tryPair = (one: TriggerFacts, other: TriggerFacts): void => {
    const [mine, theirs] = [left.get(one), left.get(other)];
    const shared = [...(mine ?? [])].filter((event) => theirs?.has(event) === true);
    if (one.timing !== other.timing || shared.length === 0) return;
    for (const event of shared) for (const events of [mine, theirs]) events?.delete(event);
    pairs.push({ source: one, target: other });
  };
  for (const trigger of source) {
    const named = findByName(trigger.name, target);
    if (named !== null) tryPair(trigger, named);
  }
  for (const trigger of source) for (const other of target) tryPair(trigger, other);
  const lone = (triggers: readonly TriggerFacts[]): LoneTrigger[] =>
    triggers
      .map((trigger) => ({ trigger, events: [...(left.get(trigger) ?? [])] }))
      .filter(({ events }) => events.length > 0);
  return { pairs, onSource: lone(source), onTarget: lone(target) };
}

/** Whether a trigger fires when an application writes. */
export function firesForClients(firing: TriggerFiring): boolean {
  return firing === 'origin' || firing === 'always';
}
