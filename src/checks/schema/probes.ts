import type { FindingLevel, GateContext } from '../../core/gate/check.js';
import { type Probe, probeKey } from '../../core/gate/probe.js';
import { formatCounted } from '../../words/number-text.js';

/** What rows of the target say of a rule that nothing holds them to: how many break it. Null where nobody read them. */
export interface Broken {
  readonly found: bigint;
  /** Part of a line: "every row has its parent", "2 rows have no parent, such as customer_id 5". */
  readonly words: string;
}

const WORDS: Readonly<Record<Probe['kind'], (found: number) => string>> = {
  orphans: (found) =>
    found === 0
      ? 'every row has its parent'
      : `${formatCounted(found, 'row')} ${found === 1 ? 'has' : 'have'} no parent`,
  duplicates: (found) =>
    found === 0
      ? 'no value is there twice'
      : `${formatCounted(found, 'value')} ${found === 1 ? 'is' : 'are'} there twice`,
  refused: (found) =>
    found === 0
      ? 'it refuses no row that is there'
      : `it refuses ${formatCounted(found, 'row')} that ${found === 1 ? 'is' : 'are'} there`,
};

/** Looks up what came of a probe. */
export function lookUp({ probes }: Pick<GateContext, 'probes'>, probe: Probe): Broken | null {
  const answer = probes?.get(probeKey(probe));
  if (answer === undefined || !answer.known) return null;
  const { found, example } = answer.value;
  return {
    found,
    words: `${WORDS[probe.kind](Number(found))}${example === null ? '' : `, such as ${example}`}`,
  };
}

/** What is to be done with rows that break a rule, before it can be added or validated; empty where none does. */
export function mendRows(broken: Broken | null): string {
  return broken === null || broken.found === 0n
    ? ''
    : 'mend these rows first: until then the rule is refused';
}

/** How bad it is that rows were not checked against a rule, once they were read: what breaks it has no business there. */
export function uncheckedLevel(broken: Broken | null): FindingLevel {
  if (broken === null) return 'warning';
  return broken.found === 0n ? 'note' : 'failed';
}
