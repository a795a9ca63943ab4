import { type RepairFacts, RepairSurvey } from './survey.js';
import type { SurveyedRow } from './table-survey.js';
import { countRow } from './table-survey.js';

/** A repair, and what takes it back. */
export interface RepairAndUndo {
  readonly repair: RepairSurvey;
  readonly undo: RepairSurvey;
}

/** How each of them reads the differing rows of a table once it was surveyed. */
export type ReadsOfBoth = Readonly<Record<keyof RepairAndUndo, RepairFacts['read']>>;

/**
 * Surveys a repair and its undo. What becomes of a row rests on its own table and on those that it refers to: where these come
 * first, the rows of each table are read once to be counted for both.
 */
export async function surveyBoth(
  facts: RepairFacts,
  { repair: readRepair, undo: readUndo }: ReadsOfBoth = { repair: facts.read, undo: facts.read },
): Promise<RepairAndUndo> {
  const repair = new RepairSurvey({ ...facts, read: readRepair }, null);
  const undo = new RepairSurvey({ ...facts, read: readUndo }, repair);
  const together = hasParentsFirst(repair) ? [[repair, undo]] : [[repair], [undo]];
  for (const surveys of together) {
    for (const name of repair.order.parentsFirst) {
      for (const survey of surveys) await survey.prepareTable(name);
      await countTable(name, facts, surveys);
    }
    for (const survey of surveys) survey.finish();
  }
  return { repair, undo };
}

/** False where foreign keys close a circle, so that a row may refer to one of a table that is surveyed later. */
function hasParentsFirst({ order: { parentsFirst }, tables }: RepairSurvey): boolean {
  const seen = new Set<string>();
  return parentsFirst.every((name) => {
    seen.add(name);
    const keys = tables.get(name)?.table.foreignKeys ?? [];
    return keys.every(({ referencedTable }) => seen.has(referencedTable) || !tables.has(referencedTable));
  });
}

async function countTable(
  name: string,
  { read }: Pick<RepairFacts, 'read'>,
  surveys: readonly RepairSurvey[],
): Promise<void> {
  const counted = surveys.flatMap((survey) => {
    const [table, surveyor] = [survey.tables.get(name), survey.surveyorOf(name)];
    return table === undefined || surveyor === null ? [] : [{ table, surveyor }];
  });
  if (counted.length === 0) return;
  for await (const differences of read(name)) {
    let repaired: readonly SurveyedRow[] | undefined;
    for (const { table, surveyor } of counted) {
      repaired = surveyor.survey(differences, repaired);
      for (const { change, obstacle } of repaired) countRow(table, change, obstacle);
    }
  }
}
