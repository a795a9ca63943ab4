import type { Rotation } from '../app/rotation.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, readSwitch, readText } from '../config/raw-flags.js';
import { readQuantity } from '../config/read-option.js';
import type { RunConfig } from '../config/run-config.js';
import type { Settings } from './read-settings.js';

/** Reads whether rows are to be read in turns; the time of a turn is then no limit of the run, which still says what it found. */
export function readRotation(settings: Settings): RotationSettings {
  try {
    return readTurns(settings);
  } catch (error) {
    throw settings.explain(error);
  }
}

interface RotationSettings {
  readonly config: RunConfig;
  readonly rotation: Rotation | null;
}

function readTurns({ config, flags }: Settings): RotationSettings {
  const proveWithinMs = readQuantity(flags, RUN_OPTIONS.proveWithin);
  if (!readSwitch(flags, 'rotate')) {
    if (proveWithinMs !== null)
      throw wrong('--prove-within', 'Expected --rotate with --prove-within, got none.');
    return { config, rotation: null };
  }
  const { maxRuntimeMs: maxMs } = config;
  if (maxMs === null) throw wrong('--rotate', 'Expected --max-runtime with --rotate, got none.');
  if (readText(flags, 'journal') === undefined)
    throw wrong('--rotate', 'Expected --journal DIR with --rotate, got none.');
  if (config.maxDifferences !== null)
    throw wrong(
      '--rotate',
      'Expected --rotate or --max-differences, got both: what differs is read first each night, and would keep the rest of its table from being read.',
    );
  const modes = [config.mode, ...[...config.tableModes.values()].map(({ mode }) => mode)];
  if (modes.includes('spot'))
    throw wrong('--rotate', 'Expected --rotate or mode spot, got both: a sample is drawn anew in each run.');
  return { config: { ...config, maxRuntimeMs: null }, rotation: { maxMs, proveWithinMs } };
}

function wrong(option: string, message: string): Error {
  return optionError({
    option,
    message,
    hint: 'For example: --rotate --max-runtime 4h --prove-within 14d --journal DIR.',
  });
}
