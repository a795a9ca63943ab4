import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import { RowLookup } from '../diagnosis/row-lookup.js';
import type { AskedSide } from '../repair/hidden-rows.js';
import { type RepairFacts, RepairSurvey } from '../repair/survey.js';
import type { TableState } from '../state/table-state.js';
import { findAllHidden } from './hidden-by-condition.js';
import type { OpenSide } from './open-side.js';

interface RepairExamination {
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly facts: Omit<RepairFacts, 'examinations'>;
  readonly tables: readonly TableState[];
}

/**
 * Examines a repair as `examine` does. Where a server cannot be asked any more, the result of the run stays as it is, and
 * whoever reads the facts of the repair gets the error: a file that was not examined is not written.
 */
export async function examineRepair(examination: RepairExamination): Promise<RepairFacts> {
  try {
    return await examine(examination);
  } catch (error) {
    const read = (): AsyncIterable<never> => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
    });
    return { ...examination.facts, examinations: new Map(), read };
  }
}

/**
 * Asks both servers, once the rows are known, what of a repair they would refuse or what of it would harm: sessions are
 * opened anew, because those of the run may have been idle for hours.
 */
async function examine({ sides, facts, tables }: RepairExamination): Promise<RepairFacts> {
  const lookup = new RowLookup(sides);
  try {
    const ask = (side: Side) => async (sql: string) => (await lookup.side(side)).ask('repair-question', sql);
    const hidden = await findAllHidden({
      sides,
      tables,
      read: facts.read,
      ask,
      mostRows: Number.POSITIVE_INFINITY,
    });
    return {
      ...facts,
      examinations: await RepairSurvey.examine(facts, { ask: describing(ask('target'), lookup), hidden }),
    };
  } finally {
    await lookup.close();
  }
}

/** An error as the server says it, in words for the list of rows that are left alone. */
function describing(ask: AskedSide['ask'], lookup: RowLookup): AskedSide['ask'] {
  return async (sql) => {
    try {
      return await ask(sql);
    } catch (error) {
      throw error instanceof RowproofError
        ? error
        : new Error(lookup.describe('target', error), { cause: error });
    }
  };
}
