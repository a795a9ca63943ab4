import type { ConfigFileContent } from './file-schema.js';
import type { RawFlag, RawFlags } from './raw-flags.js';

/** `ignoreColumns` is `--ignore-columns`: a setting is its flag in camel case. */
export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `--ignore-columns`, also without its dashes or with underscores, is the setting `ignoreColumns`. */
export function settingOf(flag: string): string {
  return flag.replace(/^--/, '').replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What settings say that a flag of the same name says too. */
export function flagsOf(content: ConfigFileContent): RawFlags {
  const { map, tableSettings, showValues, quiet, noColor, ...rest } = content;
  const flags: Record<string, RawFlag> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) flags[flagOf(key)] = Array.isArray(value) ? value : String(value);
  }
  if (showValues !== undefined) flags[showValues ? 'show-values' : 'hide-values'] = true;
  if (quiet === true) flags.quiet = true;
  if (noColor === true) flags['no-color'] = true;
  return flags;
}
