import type { Coverage, KeySpan } from '../core/coverage.js';
import { formatKeyParts } from '../core/encoding/key-bytes.js';
import type { TablePair } from '../core/pairing.js';

/** Ranges that a sentence names; of more only their number is said. */
const MOST_SPANS = 3;

/** What stands for key ranges where keys are hidden. */
const HIDDEN_SPAN = 'keys that are hidden';

/** The rows of a key range for people, as `id > 4 up to 9`; null for all of a table. */
export function describeSpan(
  { key: columns }: TablePair,
  { after, upTo }: KeySpan,
  showsKeys: boolean,
): string | null {
  const names = columns.map((column) => column.target.name);
  const key = names.length === 1 ? names[0] : `(${names.join(', ')})`;
  if (after === null && upTo === null) return null;
  if (!showsKeys) return HIDDEN_SPAN;
  if (after === null) return `${key} up to ${formatKeyParts(upTo ?? [])}`;
  const beginning = `${key} > ${formatKeyParts(after)}`;
  return upTo === null ? beginning : `${beginning} up to ${formatKeyParts(upTo)}`;
}

/** Several ranges for people; null for all of a table. */
export function describeSpans(pair: TablePair, spans: Coverage, showsKeys: boolean): string | null {
  const named = spans.slice(0, MOST_SPANS).map((span) => describeSpan(pair, span, showsKeys));
  if (named.includes(null)) return null;
  if (!showsKeys) return HIDDEN_SPAN;
  const more = spans.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${more} more key ranges`}`;
}
