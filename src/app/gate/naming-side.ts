import { RowproofError } from '../../core/errors.js';
import type { Side } from '../../core/pairing.js';
import type { OpenSide } from '../open-side.js';
import { describeSideFailure } from '../side-failure.js';

/** Waits for an answer of a side; an error of its driver becomes one that names the side, as a server that went away leaves it. */
export async function namingSide<Answer>(
  sides: Readonly<Record<Side, OpenSide>>,
  side: Side,
  answer: Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RowproofError || error instanceof TypeError || error instanceof RangeError)
      throw error;
    const { engine, settings } = sides[side];
    throw describeSideFailure({ side, engine, settings, error, what: 'go on asking' });
  }
}
