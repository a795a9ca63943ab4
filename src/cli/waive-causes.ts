import { WAIVE_OPTIONS } from '../config/options/waive-options.js';
import { optionError, readText } from '../config/raw-flags.js';
import { readNumber } from '../config/read-option.js';
import { CAUSE_TITLES, type Diagnosis } from '../core/diagnosis.js';
import type { NewWaiver } from '../waivers/add-waivers.js';
import { CAUSES_OF_WHOLE_ROWS } from '../waivers/waiver.js';
import { chooseTables } from './chosen-tables.js';
import type { WaiveChoice } from './waive-rows.js';

/** Makes an entry of each column of a saved run in which a cause was proved. */
export function chooseCauses({ flags, result, mark }: WaiveChoice): NewWaiver[] {
  const code = readText(flags, 'cause') ?? '';
  refuseUnknownCause(code);
  const wanted = readText(flags, 'column');
  const most = readNumber(flags, WAIVE_OPTIONS.maxRows);
  const tables = chooseTables(flags, result);
  const found = result.tables.flatMap(({ target, diagnoses }) =>
    target === null || !tables.has(target)
      ? []
      : diagnoses
          .filter(
            ({ cause, columns }) => cause === code && (wanted === undefined || columns.includes(wanted)),
          )
          .map((diagnosis) => ({ table: target, diagnosis })),
  );
  const proved = found.filter(({ diagnosis }) => diagnosis.confidence === 'proved');
  if (proved.length === 0) throw nothingProved(code, found.length > 0);
  return proved.flatMap(({ table, diagnosis }) =>
    columnsOf(diagnosis, wanted).map((column) => {
      const { detail } = diagnosis.evidence;
      const shared = detail === '' ? {} : { detail };
      return {
        about: { cause: { table, column, code, ...shared, maxRows: most ?? diagnosis.rows } },
        ...mark,
      };
    }),
  );
}

/** Two columns that hold each other's values are waived together, or no row is. */
function columnsOf({ columns }: Diagnosis, wanted: string | undefined): readonly string[] {
  return columns.length > 1 || wanted === undefined ? columns.slice(0, 1) : [wanted];
}

function refuseUnknownCause(code: string): void {
  const isKnown = Object.hasOwn(CAUSE_TITLES, code);
  if (isKnown && !CAUSES_OF_WHOLE_ROWS.has(code)) return;
  throw optionError({
    option: '--cause',
    message: isKnown
      ? `The cause ${code} is one of whole rows, which are waived one by one.`
      : `There is no cause ${code}.`,
    hint: isKnown ? 'Write --rows all.' : 'The JSON result names those of its run under diagnoses.',
  });
}

function nothingProved(code: string, isLikely: boolean): Error {
  return optionError({
    option: '--cause',
    message: isLikely
      ? `The cause ${code} is only likely in this run, and only one that is proved can be waived.`
      : `The run found no ${code} there.`,
    hint: 'Waive single rows with --rows all, or see the diagnoses of the run in its report.',
  });
}
