import type { ChoiceKind, Kind } from './option.js';
import type { RUN_OPTIONS } from './options.js';

type Options = typeof RUN_OPTIONS;

/** What a value of a kind is in a file, and in the settings of a program. */
type ValueOf<Of extends Kind> =
  Of extends ChoiceKind<infer Word>
    ? Word
    : Of extends { readonly is: keyof ValueByKind }
      ? ValueByKind[Of['is']]
      : string;

interface ValueByKind {
  readonly switch: boolean;
  readonly count: number | bigint | string;
  readonly ratio: number | bigint | string;
  readonly names: readonly string[];
  readonly columns: readonly string[];
  readonly relaxedColumns: readonly string[];
  readonly reports: readonly string[];
  readonly mapping: Readonly<Record<string, string>>;
  readonly relaxations: Readonly<Record<string, readonly string[]>>;
  readonly tableSettings: Readonly<Record<string, TableSettings>>;
}

/** Everything that a config file may say. */
export type FileSettings = {
  readonly [Name in keyof Options as Options[Name] extends { readonly file: object } ? Name : never]?:
    | ValueOf<Options[Name]['kind']>
    | undefined;
};

type TableForms = {
  readonly [Name in keyof Options as Options[Name] extends {
    readonly table: { readonly name: infer Own extends string };
  }
    ? Own
    : Options[Name] extends { readonly table: object }
      ? Name
      : never]: Options[Name] extends { readonly table: infer Form } ? Form : never;
};

/** What may be said of a single table. */
export type TableSettings = {
  readonly [Name in keyof TableForms]?:
    | (TableForms[Name] extends { readonly kind: infer Of extends Kind } ? ValueOf<Of> : never)
    | undefined;
};

type OfCommandLine = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly insteadInProgram: string }
    ? Name
    : never;
}[keyof Options];

/** What a program may ask of a run: the settings of a config file by the same names, but for those of the output. */
export type VerifySettings = Omit<FileSettings, OfCommandLine | 'source' | 'target'> & {
  readonly source: string;
  readonly target: string;
};
