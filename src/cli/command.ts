import type { CommandName } from '../config/options/option.js';
import type { RawFlags } from '../config/raw-flags.js';
import { missingPositional } from './usage-errors.js';

/** What the words on the command line ask for. */
export type Command =
  | { readonly kind: 'verify'; readonly flags: RawFlags }
  | { readonly kind: 'watch'; readonly flags: RawFlags }
  | { readonly kind: 'preflight'; readonly flags: RawFlags }
  | { readonly kind: 'cutover'; readonly flags: RawFlags }
  | { readonly kind: 'plan'; readonly flags: RawFlags }
  /** Of all runs that wait the one with this name; null for the only one. */
  | { readonly kind: 'resume'; readonly run: string | null; readonly flags: RawFlags }
  | { readonly kind: 'runs'; readonly flags: RawFlags }
  | { readonly kind: 'merge'; readonly paths: readonly string[]; readonly flags: RawFlags }
  | { readonly kind: 'init'; readonly flags: RawFlags }
  | { readonly kind: 'report'; readonly path: string; readonly flags: RawFlags }
  | { readonly kind: 'waive'; readonly path: string; readonly flags: RawFlags }
  | { readonly kind: 'history'; readonly path: string; readonly flags: RawFlags }
  | {
      readonly kind: 'baseline';
      readonly action: string;
      readonly path: string;
      readonly flags: RawFlags;
    }
  | { readonly kind: 'evidence'; readonly action: string; readonly folder: string; readonly flags: RawFlags }
  | { readonly kind: 'apply'; readonly path: string; readonly flags: RawFlags }
  /** Help, version or completions, to be printed as they are. */
  | { readonly kind: 'text'; readonly text: string };

/** Is told which command was found, and everything that yargs read. */
export type OnCommand = (command: Command, read: Readonly<Record<string, unknown>>) => never;

/** A word that a command is about; an empty one, as an unset variable of a shell makes it, is none. */
export function named(word: unknown, command: CommandName): string {
  if (typeof word !== 'string' || word.trim() === '') throw missingPositional(command);
  return word;
}
