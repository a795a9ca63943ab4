import type { SerializedError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { qualifiedName, SIDES } from '../core/pairing.js';
import type { PlannedTable } from '../plan/table-pairing.js';

/** A table by the name that reports use. */
interface NamedTable {
  readonly planned: PlannedTable;
  readonly name: string;
}

/** That rows were not compared; `open` says which, null for all of the table, or where that is not known. */
export function describeUnverified(
  { planned, name }: NamedTable,
  { open, error }: { readonly open: string | null; readonly error: SerializedError },
): Finding {
  const message =
    open === null ? error.message : `Rows of ${name} with ${open} were not compared: ${error.message}`;
  const detail = `${open ?? 'all rows'}: ${withoutNames(planned, error.message)}`;
  return { code: 'chunk-unverified', about: { table: name, detail }, message, hint: error.hint };
}

/** An error names the table that it is of, which must not make it another error than that of the next table. */
function withoutNames(planned: PlannedTable, message: string): string {
  return SIDES.reduce((text, side) => {
    const table = planned[side];
    return table === null ? text : text.replaceAll(qualifiedName(table), '');
  }, message);
}

/** That a run ended before it came to the end of a table; `open` says which rows it did not come to, null for all that there are. */
export function describeInterrupted(
  { name }: NamedTable,
  { open, by }: { readonly open: string | null; readonly by: 'max-runtime' | null },
): Finding {
  const left = open === null ? '' : `; rows with ${open} were not compared`;
  return {
    code: 'interrupted',
    about: { table: name, detail: open ?? 'all rows' },
    message: `The run ${by === null ? 'was interrupted' : 'reached --max-runtime'} before ${name} was read to its end${left}.`,
    hint: 'Go on with rowproof resume, or run again.',
  };
}
