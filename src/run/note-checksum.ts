import type { RunChecksums } from '../plan/checksum-plan.js';
import type { TableState } from '../state/table-state.js';

/** Says in the report that rows were read although the servers were to hash them, and why. */
export function noteChecksumObstacle(checksums: RunChecksums | null, table: TableState): void {
  const reason = checksums?.obstacles.get(table.planned.id);
  if (checksums?.place !== 'server' || reason === undefined) return;
  table.addFinding({
    code: 'checksum-on-client',
    about: { table: table.name, detail: reason },
    message: `Rowproof read and hashed the rows of ${table.name} itself, because ${reason}.`,
    hint: '',
  });
}
