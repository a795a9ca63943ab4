import type { NamedOption } from './options/option.js';
import { flagOf } from './options/option-names.js';
import { FILE_OPTIONS } from './options/options.js';
import type { FileSettings } from './options/setting-types.js';
import type { RawFlag, RawFlags } from './raw-flags.js';

/** What settings say that a flag of the same name says too. */
export function flagsOfSettings(settings: FileSettings): RawFlags {
  const flags: Record<string, RawFlag> = {};
  for (const option of FILE_OPTIONS) {
    const value: unknown = settings[option.name as keyof FileSettings];
    if (value !== undefined) Object.assign(flags, flagFor(option, value));
  }
  return flags;
}

/** A mapping is no flag: what a flag says of one table leaves the others of the file as they are. */
function flagFor({ name, kind, off }: NamedOption, value: unknown): RawFlags {
  if (kind.is === 'mapping' || kind.is === 'tableSettings') return {};
  if (kind.is !== 'switch') return { [flagOf(name)]: Array.isArray(value) ? value : String(value) };
  if (value === true) return { [flagOf(name)]: true };
  return off === undefined ? {} : { [off.flag]: true };
}
