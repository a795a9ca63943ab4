import type { CauseCode } from '../core/diagnosis.js';
import { parseRelaxation } from '../core/relaxation.js';

const TIME_WAYS: Readonly<Record<string, string>> = { cut: 'truncateTo', rounded: 'roundTo' };
const TIME_UNITS: Readonly<Record<string, string>> = { milliseconds: 'ms', seconds: 's', minutes: 'min' };

/**
 * The relaxation, as the user writes it, under which values that a cause accounts for are equal, and others are not for its
 * sake; null where there is none. Which side lost its digits does not matter to it.
 */
export function findAllowingRelaxation(cause: CauseCode, detail: string): string | null {
  const [what = ''] = detail.split(',');
  if (cause === 'time-precision') return allowTimes(what);
  const [, digits] = /^rounded to (\d+) fraction digits?$/.exec(what) ?? [];
  return cause === 'decimal-scale' && digits !== undefined
    ? `tolerance=0.${'0'.repeat(Number(digits))}5`
    : null;
}

/** No relaxation rounds to minutes or cuts to days. */
function allowTimes(what: string): string | null {
  const [, way = '', unit = ''] = /^(cut|rounded) to (\w+)(?: fraction digits?)?$/.exec(what) ?? [];
  const relaxation = `${TIME_WAYS[way]}=${TIME_UNITS[unit] ?? unit}`;
  return parseRelaxation(relaxation) === null ? null : relaxation;
}
