import type { Value } from '../core/difference.js';
import {
  type ExactNumber,
  formatExactNumber,
  readExactNumber,
  readFewDigits,
  subtract,
} from './exact-number.js';
import { type Alteration, type CauseRule, type Explanation, NUMBER_TYPES } from './explanation.js';

/** The move that was described last: mostly the next one's too. */
let last: { readonly move: ExactNumber; readonly detail: string } = {
  move: { units: 0n, scale: 0 },
  detail: '',
};

/**
 * How far a number has moved. That a constant fits a value says nothing by itself, nor does it where all values are alike, as in
 * a flag: the evidence is how many values there are that it fits.
 */
function explainMove({ original, altered }: Alteration, found: Explanation[]): void {
  const [before, after] = [readExactNumber(original), readExactNumber(altered)];
  if (before === null || after === null || typeof original !== 'string') return;
  const move = subtract(after, before);
  if (move.units === 0n) return;
  if (move.units !== last.move.units || move.scale !== last.move.scale)
    last = { move, detail: `by ${move.units > 0n ? '+' : ''}${formatExactNumber(move)}` };
  const { detail } = last;
  found.push({ cause: 'number-moved', detail, bits: 0, cost: 3, open: true, value: digest(original) });
}

/** Whether whole numbers have moved as far as those before. */
function isSameMove(found: readonly Explanation[], source: Value, target: Value): boolean {
  if (found[0]?.detail !== last.detail || last.move.scale !== 0) return false;
  if (typeof source !== 'string' || typeof target !== 'string') return false;
  const [before, after] = [readFewDigits(source), readFewDigits(target)];
  return before >= 0 && after >= 0 && after - before === Number(last.move.units);
}

/** Tells values apart well enough to count a few. */
function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

/** What happens to numbers that a constant is added to. */
export const movedNumberRules: readonly CauseRule[] = [
  { types: NUMBER_TYPES, bothWays: false, explain: explainMove, isSame: isSameMove },
];
