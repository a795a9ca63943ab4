import type { IndexFacts } from '../../core/gate/constraint-facts.js';
import type { PairedTable } from './paired.js';
import { plainWords } from './server-words.js';

/** An index of the source with the names of the target. */
export interface WantedIndex {
  readonly index: IndexFacts;
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly hasExpression: boolean;
}

/** The index as it should be on the target; null where a column of it has no partner there. */
export function mapIndex(index: IndexFacts, pair: PairedTable): WantedIndex | null {
  const columns = index.parts.map(({ column }) => (column === null ? null : pair.columns.get(column)));
  if (columns.includes(undefined)) return null;
  return {
    index,
    columns: columns.map((column) => column ?? null),
    hasExpression: columns.includes(null),
  };
}

/** What an index is on, for people: "(a, b)", "(lower(email))". */
export function describeParts({ parts, condition }: Pick<IndexFacts, 'parts' | 'condition'>): string {
  const list = parts.map(({ column, prefix, expression }) =>
    column === null ? (expression ?? '') : prefix === null ? column : `${column}(${prefix})`,
  );
  return `(${list.join(', ')})${condition === null ? '' : ` where ${condition}`}`;
}

/** Whether two indexes of servers of one kind are declared alike. */
export function isAlike({ index, columns }: WantedIndex, other: IndexFacts, isSameEngine: boolean): boolean {
  if (!isSameEngine || columns.length !== other.parts.length) return false;
  const words = (text: string | null): string => plainWords(text ?? '');
  return (
    index.method === other.method &&
    words(index.condition) === words(other.condition) &&
    index.parts.every((part, at) => {
      const partner = other.parts[at];
      return (
        columns[at] === partner?.column &&
        words(part.expression) === words(partner?.expression ?? null) &&
        part.prefix === partner?.prefix
      );
    })
  );
}
