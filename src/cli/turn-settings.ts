import { readSwitch } from '../config/raw-flags.js';
import type { Settings } from './read-settings.js';

/** Turns what was asked round where `--reverse` says so: both sides are looked at, and closed again. */
export async function turnSettings(settings: Settings): Promise<Settings> {
  const { reverse, ...flags } = settings.flags;
  if (!readSwitch({ reverse }, 'reverse')) return settings;
  // Loaded late, with the engines, which whatever is turned needs next.
  const { assertUrls } = await import('../config/resolve-side.js');
  const { sidesOf } = await import('../config/run-config.js');
  assertUrls(sidesOf(settings.config), { looksAtFiles: true });
  const { reverseConfig } = await import('../app/reverse-config.js');
  try {
    return { ...settings, flags, config: await reverseConfig(settings.config) };
  } catch (error) {
    throw settings.explain(error);
  }
}
