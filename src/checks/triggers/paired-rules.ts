import type { GateContext } from '../../core/gate/check.js';
import type { RuleFacts } from '../../core/gate/rule-facts.js';
import { findByName, groupByTable, type PairedTable, pairedTables } from '../schema/paired.js';

/** The rules of one table pair. */
export interface TablePairRules {
  readonly pair: PairedTable;
  readonly pairs: readonly { readonly source: RuleFacts; readonly target: RuleFacts }[];
  readonly onSource: readonly RuleFacts[];
  readonly onTarget: readonly RuleFacts[];
}

/** The rules of the tables that both sides have: partners are of one name, else they say the same. */
export function pairedRules(
  context: Pick<GateContext, 'tables'>,
  facts: { readonly source: readonly RuleFacts[]; readonly target: readonly RuleFacts[] },
): readonly TablePairRules[] {
  const rulesOf = { source: groupByTable(facts.source), target: groupByTable(facts.target) };
  return pairedTables(context).map((pair) => {
    const [source, target] = [rulesOf.source(pair.source.name), rulesOf.target(pair.target.name)];
    const partners = new Map<RuleFacts, RuleFacts>();
    const takePartners = (find: (rule: RuleFacts, among: readonly RuleFacts[]) => RuleFacts | null): void => {
      for (const rule of source) {
        if (partners.has(rule)) continue;
        const taken = new Set(partners.values());
        const among = target.filter((each) => !taken.has(each) && each.event === rule.event);
        const found = find(rule, among);
        if (found !== null) partners.set(rule, found);
      }
    };
    takePartners(({ name }, among) => findByName(name, among));
    takePartners(({ definition }, among) => among.find((each) => each.definition === definition) ?? null);
    const taken = new Set(partners.values());
    return {
      pair,
      pairs: [...partners].map(([one, other]) => ({ source: one, target: other })),
      onSource: source.filter((rule) => !partners.has(rule)),
      onTarget: target.filter((rule) => !taken.has(rule)),
    };
  });
}
