import type { Options } from 'yargs';
import { APPLY_OPTIONS } from './apply-options.js';
import { INIT_OPTIONS, PLAN_OPTIONS, REPORT_OPTIONS, VERIFY_OPTIONS } from './verify-options.js';

/** The flags of each command, by its name. */
export const COMMANDS = {
  verify: VERIFY_OPTIONS,
  plan: PLAN_OPTIONS,
  init: INIT_OPTIONS,
  report: REPORT_OPTIONS,
  apply: APPLY_OPTIONS,
  completion: {},
} as const satisfies Readonly<Record<string, Readonly<Record<string, Options>>>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The flags of a command; none where there is no such command. */
export function optionsOf(command: string): Readonly<Record<string, Options>> {
  return Object.hasOwn(COMMANDS, command) ? COMMANDS[command as CommandName] : {};
}
