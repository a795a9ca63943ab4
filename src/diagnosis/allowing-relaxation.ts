import type { CauseCode } from '../core/diagnosis.js';

const TIME_UNITS: Readonly<Record<string, string>> = {
  'cut to milliseconds': 'truncateTo=ms',
  'cut to seconds': 'truncateTo=s',
  'cut to minutes': 'truncateTo=min',
  'rounded to milliseconds': 'roundTo=ms',
  'rounded to seconds': 'roundTo=s',
};

/**
 * The relaxation, as the user writes it, under which values that a cause accounts for are equal, and others are not for its
 * sake; null where there is none. Which side lost its digits does not matter to it.
 */
export function findAllowingRelaxation(cause: CauseCode, detail: string): string | null {
  const [what = ''] = detail.split(',');
  if (cause === 'time-precision') return TIME_UNITS[what] ?? null;
  const [, digits] = /^rounded to (\d+) fraction digits?$/.exec(what) ?? [];
  return cause === 'decimal-scale' && digits !== undefined
    ? `tolerance=0.${'0'.repeat(Number(digits))}5`
    : null;
}
