import type { Kind, Option, TableForm } from './option.js';

/** Kinds of which a file holds the same words as the flag. */
const WRITTEN_ALIKE: ReadonlySet<Kind['is']> = new Set(['columns', 'relaxedColumns', 'reports']);

/** What `--help` says of the flag of an option. */
export function describeFlag(option: Option): string {
  const about = describe(option);
  return option.form === undefined ? about : `${option.form}: ${lowerFirst(about)}`;
}

/** What the schema and page of the config file, and the file that `init` writes, say of an option. */
export function describeSetting(option: Option): string {
  const about = WRITTEN_ALIKE.has(option.kind.is) ? describeFlag(option) : describe(option);
  const off = option.off === undefined ? '' : `; false: ${lowerFirst(option.off.help)}`;
  return `${about}${off}.`;
}

/** The same of a setting of a single table. */
export function describeTableSetting(option: Option, { help = option.help }: TableForm): string {
  return `${help}.`;
}

function describe({ help, form, typed, default: byDefault, otherwise }: Option): string {
  const as = form === undefined && typed !== undefined ? `, as ${typed}` : '';
  const unsaid =
    byDefault === undefined ? otherwise && ` (default: ${otherwise})` : ` (default ${byDefault})`;
  return `${help}${as}${unsaid ?? ''}`;
}

/** Words of capitals, such as URL, stay as they are. */
function lowerFirst(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
