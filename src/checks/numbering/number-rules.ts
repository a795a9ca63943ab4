import type { Check, CheckFinding } from '../../core/gate/check.js';
import type { NumberFacts } from '../../core/gate/number-facts.js';
import { formatCount } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';
import { sourceNumberOf } from './source-number.js';

/** Whether numbers go on in the steps of the source, and columns that number themselves there do so here. */
export const numberRules: Check = {
  id: 'number-rules',
  group: 'numbering',
  claim: 'numbers are given in the same steps, and by themselves where they were',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { source, target } = context.facts;
    if (!target.numbering.known || !source.numbering.known)
      return (['source', 'target'] as const).flatMap(
        (side) => unknownFinding(side, context.facts[side].numbering, 'the rules of numbers') ?? [],
      );
    const numbers = target.numbering.value;
    const paired = new Set(numbers.map((number) => sourceNumberOf(number, context)));
    return [
      ...numbers.flatMap((number) => compare(number, sourceNumberOf(number, context))),
      ...source.numbering.value
        .filter((number) => number.table !== null && !paired.has(number))
        .flatMap((number) => describeLost(number, context.tables) ?? []),
    ];
  },
};

function compare(number: NumberFacts, source: NumberFacts | null): CheckFinding[] {
  if (source === null) return [];
  const { name: subject } = number;
  return [
    ...(number.step === source.step
      ? []
      : [
          finding('warning', {
            subject,
            evidence: `in steps of ${formatCount(number.step)}, on the source of ${formatCount(source.step)}`,
            consequence: 'numbers of two servers that share them may meet',
          }),
        ]),
    ...(number.cycles === source.cycles
      ? []
      : [
          finding('warning', {
            subject,
            evidence: number.cycles
              ? 'it begins anew at its end, and the source does not'
              : 'it ends, and the source begins anew',
            consequence: number.cycles ? 'numbers are given twice' : 'there is no number for a row one day',
          }),
        ]),
  ];
}

type Tables = readonly {
  readonly source: { readonly name: string } | null;
  readonly target: { readonly schema: string; readonly name: string } | null;
  readonly columns: ReadonlyMap<string, string>;
}[];

/** A column that numbered itself on the source and does not here: an insert that leaves it out fails, or stores 0. */
function describeLost({ table, column, name }: NumberFacts, tables: Tables): CheckFinding | null {
  const pair = tables.find(({ source, target }) => source?.name === table && target !== null);
  const partner = column === null ? undefined : pair?.columns.get(column);
  if (pair?.target == null || partner === undefined) return null;
  return finding('failed', {
    subject: `${pair.target.schema}.${pair.target.name}.${partner}`,
    evidence: `it gives no numbers, and ${name} of the source does`,
    consequence: 'an insert that leaves the column out fails',
    advice: 'make it an identity, AUTO_INCREMENT or a default from a sequence, and ask again',
  });
}
