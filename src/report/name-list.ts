import { formatCount } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';

/** A schema may have thousands of tables, and `--tables` name one of them. */
const MOST_NAMES = 20;

/** The first names of a list and how many more there are; programs find all of them in the JSON. */
export function listSomeNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const first = names.slice(0, MOST_NAMES).map(visibleName).join(', ');
  return more > 0 ? `${first} and ${formatCount(more)} more` : first;
}
