import type { RowDifference } from '../core/difference.js';
import type { TablePair } from '../core/pairing.js';
import {
  type ChangedTable,
  changedTable,
  type RepairDirection,
  type RowChange,
  toRowChanges,
} from './row-change.js';
import type { SurveyedRow } from './table-survey.js';

/** What a surveyor is told of the rows of one table. */
interface SurveyorRules {
  readonly pair: TablePair;
  readonly direction: RepairDirection;
  /** Of an undo: who surveys the rows of the repair, of which it takes back those that are written; null for all. */
  readonly repair: RowSurveyor | null;
  /** Says why a row is left alone; null where it is known that none is. */
  readonly findObstacle:
    | ((row: { readonly number: number; readonly change: RowChange }) => string | null)
    | null;
}

/** Says of the differing rows of one table, which it gets in their order, how each is changed and whether something is in its way. */
export class RowSurveyor {
  readonly #rules: SurveyorRules;
  readonly #table: ChangedTable;
  #number = -1;

  constructor(rules: SurveyorRules) {
    this.#rules = rules;
    this.#table = changedTable(rules.pair);
  }

  /** Surveys the rows that come next; `repaired` is what a repair makes of them, where that is known. */
  survey(
    differences: readonly RowDifference[],
    repaired: readonly SurveyedRow[] | null = this.#rules.repair?.survey(differences) ?? null,
  ): SurveyedRow[] {
    const { direction, findObstacle } = this.#rules;
    const rows: SurveyedRow[] = [];
    let place = 0;
    for (const difference of differences) {
      let obstacle: string | null = null;
      for (const change of toRowChanges(difference, this.#table, direction)) {
        const number = ++this.#number;
        if (repaired !== null && repaired[place++]?.obstacle !== null) continue;
        // Copies of a row are written together or not at all.
        const isFirst = change.copy === null || change.copy.place === 0;
        if (isFirst && findObstacle !== null)
          obstacle = describeWaiver(difference) ?? findObstacle({ number, change });
        rows.push({ number, change, obstacle });
      }
    }
    return rows;
  }
}

/** What somebody accepted is not taken back behind their back. */
function describeWaiver({ waived }: RowDifference): string | null {
  if (waived === undefined) return null;
  return `it is waived until ${waived.expires} by ${waived.owner}: ${waived.reason}`;
}
