import type { OptionName } from '../../core/errors.js';
import { APPLY_OPTIONS } from './apply-options.js';
import { EVIDENCE_OPTIONS } from './evidence-options.js';
import { FENCE_OPTIONS } from './fence-options.js';
import { GATE_OPTIONS } from './gate-options.js';
import { LIVE_OPTIONS } from './live-options.js';
import { LOAD_OPTIONS } from './load-options.js';
import { METHOD_OPTIONS } from './method-options.js';
import {
  COMMAND_NAMES,
  type CommandName,
  type FileForm,
  type NamedOption,
  type TableForm,
} from './option.js';
import { describeFlag } from './option-help.js';
import { flagOf, nameOf } from './option-names.js';
import { OUTPUT_OPTIONS } from './output-options.js';
import { PART_OPTIONS } from './part-options.js';
import { PAST_OPTIONS } from './past-options.js';
import { SCOPE_OPTIONS } from './scope-options.js';
import { SITTING_OPTIONS } from './sitting-options.js';
import { WAIVE_OPTIONS } from './waive-options.js';
import { WATCH_OPTIONS } from './watch-options.js';

/** Every option of a run, of its plan and of its report, in the order in which help and schema list them. */
export const RUN_OPTIONS = {
  ...SCOPE_OPTIONS,
  ...METHOD_OPTIONS,
  ...LOAD_OPTIONS,
  ...LIVE_OPTIONS,
  ...WATCH_OPTIONS,
  ...FENCE_OPTIONS,
  ...GATE_OPTIONS,
  ...SITTING_OPTIONS,
  ...PART_OPTIONS,
  ...PAST_OPTIONS,
  ...OUTPUT_OPTIONS,
};

const RUN_LIST: readonly NamedOption[] = Object.values(RUN_OPTIONS);
/** Options of commands that no config file has a say in. */
const OTHER_LIST: readonly NamedOption[] = [
  ...Object.values(WAIVE_OPTIONS),
  ...Object.values(APPLY_OPTIONS),
  ...Object.values(EVIDENCE_OPTIONS),
];

/** A flag by its name without the dashes, and the option that it says. */
export interface Flag {
  readonly name: string;
  readonly help: string;
  readonly option: NamedOption;
}

/** The flags of a command; none where there is no such command. */
export function flagsOf(command: string): readonly Flag[] {
  return [...RUN_LIST, ...OTHER_LIST]
    .filter(({ commands }) => commands.some((each) => each === command))
    .flatMap((option) => [
      { name: flagOf(option.name), help: describeFlag(helpFor(option, command)), option },
      ...(option.off === undefined ? [] : [{ name: option.off.flag, help: option.off.help, option }]),
    ]);
}

/** The option with the help that it has for a command. */
function helpFor(option: NamedOption, command: string): NamedOption {
  const help = COMMAND_NAMES.filter((name) => name === command).map((name) => option.helpOf?.[name])[0];
  return help === undefined ? option : { ...option, help };
}

/** The commands that have a flag. */
export function commandsWith(flag: string): readonly CommandName[] {
  return COMMAND_NAMES.filter((command) => flagsOf(command).some(({ name }) => name === flag));
}

/** The options that a config file may say for all tables. */
export const FILE_OPTIONS: readonly (NamedOption & { readonly file: FileForm })[] = RUN_LIST.flatMap(
  (option) => (option.file === undefined ? [] : [{ ...option, file: option.file }]),
);

/** A setting of a single table, and the option that it says for all tables. */
export interface TableSetting {
  readonly name: string;
  readonly form: TableForm;
  readonly option: NamedOption;
}

/** What a config file may say of a single table. */
export const TABLE_SETTINGS: readonly TableSetting[] = RUN_LIST.flatMap((option) =>
  option.table === undefined ? [] : [{ name: option.table.name ?? option.name, form: option.table, option }],
);

/** Names that mean something elsewhere than in a config file, or in the settings of a program, with what to do instead. */
export function listForeign(place: 'insteadInFile' | 'insteadInProgram'): Readonly<Record<string, string>> {
  return Object.fromEntries(
    RUN_LIST.flatMap(({ [place]: instead, name, off }) => [
      ...(instead === undefined ? [] : [[name, instead] as const]),
      ...(off === undefined ? [] : [[nameOf(off.flag), `Write ${name}: false.`] as const]),
    ]),
  );
}

/** Names the option that a message calls by its flag, `--where`, or by its key where it has no flag, `columnMap`. */
export function callOption(word: string): OptionName {
  const flag = word.startsWith('--') ? word.slice(2) : null;
  const option = [...RUN_LIST, ...OTHER_LIST].find(({ name, off }) =>
    flag === null ? name === word : flagOf(name) === flag || off?.flag === flag,
  );
  const isSetting = option?.file !== undefined || option?.table !== undefined;
  return { setting: isSetting ? option.name : null, flag: flag === null ? null : word, given: word };
}

/** Names the option that a key of a config file says, by the path of the key; `given` is the path as text. */
export function callSetting(path: readonly (string | number)[], given: string): OptionName | null {
  const [key, table, setting] = path;
  if (key === undefined) return null;
  const isOfTable = key === 'tableSettings' && table !== undefined && setting !== undefined;
  const option = isOfTable
    ? TABLE_SETTINGS.find(({ name }) => name === setting)?.option
    : FILE_OPTIONS.find(({ name }) => name === key);
  const flag = option === undefined || option.commands.length === 0 ? null : `--${flagOf(option.name)}`;
  return { setting: option?.name ?? null, flag, given };
}
