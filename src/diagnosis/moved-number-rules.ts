import { formatExactNumber, readExactNumber, subtract } from './exact-number.js';
import {
  type Alteration,
  type CauseRule,
  type Explanation,
  NUMBER_TYPES,
  type NumberChange,
} from './explanation.js';

/**
 * How far a number has moved. That a constant fits a value says nothing by itself, nor does it where all values are alike, as in
 * a flag: the evidence is how many values there are that it fits.
 */
function explainMove({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [readExactNumber(original), readExactNumber(altered)];
  if (before === null || after === null || typeof original !== 'string') return;
  const move = subtract(after, before);
  if (move.units === 0n) return;
  const detail = `by ${move.units > 0n ? '+' : ''}${formatExactNumber(move)}`;
  found.push({ cause: 'number-moved', detail, bits: 0, cost: 3, open: true, value: digest(original) });
}

/** How far a number has moved. */
function kindOfMove({ source, target }: NumberChange): number {
  return target - source;
}

/** Tells values apart well enough to count a few. */
function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

/** What happens to numbers that a constant is added to. */
export const movedNumberRules: readonly CauseRule[] = [
  { types: NUMBER_TYPES, bothWays: false, explain: explainMove, kindOf: kindOfMove },
];
