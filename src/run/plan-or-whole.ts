import {
  type PlanningRequest,
  planSegments,
  type Segment,
  segmentSize,
  sharedSegmentSize,
  WHOLE,
} from '../plan/planner.js';
import type { TableState } from '../state/table-state.js';
import type { TableRun } from './table-run.js';

/** Into how many pieces a table is cut at first. Where lanes give each other what they have not begun, one for each lane is enough. */
export function startSize({ checksums, workers, lanes }: TableRun): ReturnType<typeof segmentSize> {
  return checksums === null ? sharedSegmentSize(lanes.now) : segmentSize(workers);
}

/** A plan only shares work out, so one that the server refuses costs speed, and a sentence. */
export async function planOrWhole(
  table: Pick<TableState, 'name' | 'addFinding'>,
  request: PlanningRequest,
): Promise<readonly Segment[]> {
  try {
    return await planSegments(request);
  } catch (error) {
    const { message } = request.engine.classifyError(error);
    table.addFinding({
      code: 'not-split',
      about: { table: table.name, side: 'source', detail: message },
      message: `One worker alone reads ${table.name}, because the source does not say how its keys lie: ${message.replace(/\.$/, '')}.`,
      hint: '',
    });
    return [WHOLE];
  }
}
