import type { GateContext } from '../../core/gate/check.js';
import type { TriggerFacts, TriggerFiring } from '../../core/gate/trigger-facts.js';
import { findByName, groupByTable, type PairedTable, pairedTables } from '../schema/paired.js';

/** The triggers of one table pair. */
export interface TablePairTriggers {
  readonly pair: PairedTable;
  readonly source: readonly TriggerFacts[];
  readonly target: readonly TriggerFacts[];
}

/** The triggers of the tables that both sides have; pairs without any are left out. */
export function pairedTriggers(
  context: Pick<GateContext, 'tables'>,
  facts: { readonly source: readonly TriggerFacts[]; readonly target: readonly TriggerFacts[] },
): readonly TablePairTriggers[] {
  const triggersOf = { source: groupByTable(facts.source), target: groupByTable(facts.target) };
  return pairedTables(context)
    .map((pair) => ({
      pair,
      source: triggersOf.source(pair.source.name),
      target: triggersOf.target(pair.target.name),
    }))
    .filter(({ source, target }) => source.length + target.length > 0);
}

/**
 * The trigger of the same name, else one that acts at the same time on the same events: servers that take one event a trigger
 * have several in the place of one.
 */
export function partnerOf(trigger: TriggerFacts, others: readonly TriggerFacts[]): TriggerFacts | null {
  const isOfEvent = (other: TriggerFacts): boolean =>
    other.timing === trigger.timing && other.events.some((event) => trigger.events.includes(event));
  return findByName(trigger.name, others) ?? others.find(isOfEvent) ?? null;
}

/** Whether a trigger fires when an application writes. */
export function firesForClients(firing: TriggerFiring): boolean {
  return firing === 'origin' || firing === 'always';
}
