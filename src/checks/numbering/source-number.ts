import type { GateContext } from '../../core/gate/check.js';
import type { NumberFacts } from '../../core/gate/number-facts.js';

/** What numbers the partner of a column, or the sequence of the same name, on the source; null where nothing does, or nobody knows. */
export function sourceNumberOf(number: NumberFacts, { facts, tables }: GateContext): NumberFacts | null {
  const { numbering } = facts.source;
  if (!numbering.known) return null;
  if (number.table === null)
    return (
      numbering.value.find(({ table, sequence }) => table === null && sequence === number.sequence) ?? null
    );
  const pair = tables.find(({ target }) => target?.name === number.table);
  if (pair?.source == null) return null;
  const { name } = pair.source;
  return (
    numbering.value.find(
      ({ table, column }) => table === name && column !== null && pair.columns.get(column) === number.column,
    ) ?? null
  );
}
