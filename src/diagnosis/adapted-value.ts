import type { Value } from '../core/difference.js';
import { formatMicros } from '../core/encoding/temporal.js';
import type { ColumnPair, Side } from '../core/pairing.js';
import { MICROS_PER_SECOND, readTime } from './time-value.js';
import { zoneOffsetSeconds } from './zone-offsets.js';

/**
 * A value as its column pair is compared, where the user said how to read one side: differences show values as each
 * side holds them, and a zone that was named is no shift to be diagnosed. Relaxations are not applied: what they pass
 * over is in no difference. A day beside days with their time is its midnight.
 */
export function adaptValue(value: Value, pair: ColumnPair, side: Side): Value {
  const { canonical, rule } = pair;
  if (canonical === 'datetime' && pair[side].type.kind === 'date') return toMidnight(value);
  if (rule.kind === 'plain' || rule[side].kind === 'plain') return value;
  return rule[side].steps.reduce<Value>((adapted, step) => {
    if (step.kind === 'to-civil') return toCivil(adapted, step.zone);
    return step.kind === 'unswap-uuid' ? unswap(adapted) : adapted;
  }, value);
}

function toMidnight(value: Value): Value {
  return typeof value === 'string' ? value.replace(/^[\d-]+(?= BC|$)/, '$& 00:00:00') : value;
}

function toCivil(value: Value, zone: string): Value {
  const time = readTime(value);
  if (time?.form !== 'datetime') return value;
  return formatMicros(time.micros + BigInt(zoneOffsetSeconds(zone, time.micros)) * MICROS_PER_SECOND);
}

/** `UUID_TO_BIN(x, 1)` puts time_hi and time_mid before time_low. */
function unswap(value: Value): Value {
  if (value === null || typeof value === 'string') return value;
  const { hex } = value;
  return { hex: hex.slice(8, 16) + hex.slice(4, 8) + hex.slice(0, 4) + hex.slice(16) };
}
