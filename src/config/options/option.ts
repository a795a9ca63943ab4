/** The commands, in the order in which help lists them. */
export const COMMAND_NAMES = [
  ...([
    'verify',
    'watch',
    'plan',
    'preflight',
    'cutover',
    'resume',
    'runs',
    'merge',
    'init',
    'report',
  ] as const),
  ...(['waive', 'baseline', 'history', 'apply', 'evidence', 'completion'] as const),
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

/** A whole number, whose bounds are allowed. */
export interface CountKind {
  readonly is: 'count';
  readonly least: bigint;
  readonly most: bigint;
}

/** A number with a unit; its bounds are written as a user would write them, and are allowed. */
export interface QuantityKind {
  readonly is: 'duration' | 'byteRate';
  readonly least: string;
  readonly most: string;
}

/** One of a few words. */
export interface ChoiceKind<Word extends string = string> {
  readonly is: 'choice';
  readonly words: readonly Word[];
}

/** A list of words of one sort; `least` is how many it must hold where there is one. */
export interface NamesKind {
  readonly is: 'names';
  readonly of: 'table names or globs' | 'columns';
  readonly least: 0 | 1;
  readonly distinct?: true;
}

/**
 * What the value of an option is: how a flag is read, what a file may hold, and what a shell completes follow from it.
 * A `url` may hold a password; it is in no message.
 */
export type Kind =
  | CountKind
  | QuantityKind
  | ChoiceKind
  | NamesKind
  /** Of the source, with their partners on the target. */
  | { readonly is: 'mapping'; readonly of: 'tables' | 'columns' }
  /** `TABLE.COLUMN`, any number of them. */
  | { readonly is: 'columns'; readonly least: 0 | 1 }
  /** Something of single tables that a file says below their names. */
  | { readonly is: 'byTable' }
  /** `FORMAT` or `FORMAT=PATH`, any number of them. */
  | { readonly is: 'reports'; readonly formats: readonly string[] }
  | {
      readonly is:
        | 'switch'
        | 'url'
        | 'path'
        | 'text'
        | 'timeZone'
        | 'ratio'
        | 'relaxedColumns'
        | 'relaxations';
    }
  | { readonly is: 'tableSettings' };

/** A kind of value that may stand below the name of a table. */
export type SettingKind = Exclude<Kind, { readonly is: 'tableSettings' }>;

/** How an option stands in a config file. */
export interface FileForm {
  /** A value that is accepted; it goes into the schema and into what `init` writes. */
  readonly example?: unknown;
}

/** How an option stands below the name of a table. */
export interface TableForm extends FileForm {
  /** Where it is another name than that of the option. */
  readonly name?: string;
  readonly kind: SettingKind;
  /** Where the help of the option does not fit. */
  readonly help?: string;
}

/**
 * Everything that is known of one option. Flags, `--help`, completion, the config file, its schema and page, and the
 * settings of a program are made of it.
 */
export interface Option {
  /** The heading in `--help`. */
  readonly group: string;
  /** Whether it is part of what a run is asked, or of how that is found out; absent where it is neither. */
  readonly part?: 'asked' | 'how';
  readonly kind: Kind;
  /** One sentence without its full stop, for the flag, the file and the page. */
  readonly help: string;
  /** How the value of the flag is written, where it is more than a word: `TABLE:SQL`. */
  readonly form?: string;
  /** Values as they are typed behind the flag. */
  readonly typed?: string;
  /** The value that holds where none is given, as it would be typed. */
  readonly default?: string;
  /** What holds where no value is given and there is none that could be typed. */
  readonly otherwise?: string;
  /** What to do about a value that is none of its kind. */
  readonly hint?: string;
  /** What the flag means to a command to which it means something else. */
  readonly helpOf?: Readonly<Partial<Record<CommandName, string>>>;
  /** The commands that have the flag; none for what only a file says. */
  readonly commands: readonly CommandName[];
  /** A second flag that says the contrary. */
  readonly off?: { readonly flag: string; readonly help: string };
  /** Absent where a file cannot say it for all tables. */
  readonly file?: FileForm;
  /** Absent where it cannot be said of a single table. */
  readonly table?: TableForm;
  /** What to do instead, for whoever writes it in a file or in the settings of a program. */
  readonly insteadInFile?: string;
  readonly insteadInProgram?: string;
  /** The page that tells more. */
  readonly page?: string;
}

/** An option with its name: the key in a config file, and the flag in camel case. */
export type NamedOption = Option & { readonly name: string };

/** A table of options in which each knows its name. */
export type OptionTable<Table> = {
  readonly [Name in keyof Table]: Table[Name] & { readonly name: Name };
};

/** Gives each option its name, and keeps what the compiler knows of each. */
export function nameOptions<const Table extends Readonly<Record<string, Option>>>(
  table: Table,
): OptionTable<Table> {
  const named = Object.entries(table).map(([name, option]) => [name, { ...option, name }]);
  return Object.fromEntries(named) as OptionTable<Table>;
}
