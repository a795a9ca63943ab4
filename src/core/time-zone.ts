/** Seconds of the Gregorian year on average: 400 of them are the cycle in which the calendar repeats. */
const PERIOD_SECONDS = 31_556_952;
const CYCLE_SECONDS = 400 * PERIOD_SECONDS;
/** From 1970-01-01 to 2000-01-01, the day from which canonical times count. */
const EPOCH_SECONDS = 946_684_800;
/** No zone ever changed its offset twice within this time; the closest two changes are four days apart. */
const SAMPLE_SECONDS = 129_600;
/** Before 1800 every zone has its local mean time; from 2500 on every rule repeats with the calendar. */
const FIRST_PERIOD = -200;
const LAST_PERIOD = 499;
const FIXED_OFFSET = /^([+-])(\d\d):(\d\d)$/;
/** No offset from UTC was ever larger. */
const LARGEST_OFFSET_SECONDS = 16 * 3600;

interface Period {
  /** Where an offset begins to hold; the first is where the period begins. */
  readonly starts: readonly number[];
  readonly offsets: readonly number[];
}

/**
 * The offsets from UTC of one time zone, for any second: those of a year are asked of ICU once, by a look every day and
 * a half and a bisection of each change, and then kept. A row costs a comparison, as ICU itself would cost a thousand
 * times.
 *
 * Seconds count from 2000-01-01 UTC, as canonical times do.
 */
export class TimeZone {
  readonly #offsetAt: (epochSeconds: number) => number;
  readonly #periods = new Map<number, Period>();
  #from = 0;
  #until = 0;
  #offset = 0;

  /** `name` is one that `findTimeZone` accepted. */
  constructor(name: string) {
    const fixed = readFixedOffset(name);
    this.#offsetAt = fixed === null ? readerOf(name) : () => fixed;
  }

  /** What the clocks of the zone are ahead of UTC at that second. */
  offsetAt(seconds: number): number {
    if (seconds < this.#from || seconds >= this.#until) this.#find(seconds);
    return this.#offset;
  }

  /** From when on, and until when, the offset at that second holds at least. */
  spanAt(seconds: number): { readonly from: number; readonly until: number } {
    this.offsetAt(seconds);
    return { from: this.#from, until: this.#until };
  }

  /** The points in time at which the clocks showed this: none where they were set forward, two where set back. */
  instantsOf(civilSeconds: number): number[] {
    const around = [-LARGEST_OFFSET_SECONDS, 0, LARGEST_OFFSET_SECONDS];
    const offsets = new Set(around.map((distance) => this.offsetAt(civilSeconds + distance)));
    return [...offsets]
      .map((offset) => civilSeconds - offset)
      .filter((seconds) => seconds + this.offsetAt(seconds) === civilSeconds)
      .sort((one, other) => one - other);
  }

  #find(seconds: number): void {
    const wanted = Math.floor(seconds / PERIOD_SECONDS);
    const cycles = wanted > LAST_PERIOD ? Math.ceil((wanted - LAST_PERIOD) / 400) : 0;
    const number = Math.max(FIRST_PERIOD, wanted - cycles * 400);
    const { starts, offsets } = this.#period(number);
    const shift = cycles * CYCLE_SECONDS;
    let at = starts.length - 1;
    while (at > 0 && (starts[at] as number) + shift > seconds) at--;
    this.#from = wanted < FIRST_PERIOD ? Number.NEGATIVE_INFINITY : (starts[at] as number) + shift;
    this.#until = (starts[at + 1] ?? (number + 1) * PERIOD_SECONDS) + shift;
    if (wanted < FIRST_PERIOD) this.#until = FIRST_PERIOD * PERIOD_SECONDS;
    this.#offset = offsets[at] as number;
  }

  #period(number: number): Period {
    const known = this.#periods.get(number);
    if (known !== undefined) return known;
    const starts = [number * PERIOD_SECONDS];
    const offsets = [this.#read(number * PERIOD_SECONDS)];
    const end = (number + 1) * PERIOD_SECONDS;
    for (let low = number * PERIOD_SECONDS; low < end - 1; ) {
      const high = Math.min(low + SAMPLE_SECONDS, end - 1);
      const offset = this.#read(high);
      if (offset !== offsets.at(-1)) {
        starts.push(this.#firstSecondOf(offset, low, high));
        offsets.push(offset);
      }
      low = high;
    }
    const period = { starts, offsets };
    this.#periods.set(number, period);
    return period;
  }

  #firstSecondOf(offset: number, low: number, high: number): number {
    let [before, from] = [low, high];
    while (from - before > 1) {
      const middle = Math.floor((before + from) / 2);
      if (this.#read(middle) === offset) from = middle;
      else before = middle;
    }
    return from;
  }

  #read(seconds: number): number {
    return this.#offsetAt(seconds + EPOCH_SECONDS);
  }
}

const zones = new Map<string, TimeZone>();

/** The zone of a name that `findTimeZone` accepted; one for all tables of a thread, since it keeps what it looked up. */
export function timeZoneOf(name: string): TimeZone {
  const zone = zones.get(name) ?? new TimeZone(name);
  zones.set(name, zone);
  return zone;
}

/** The name of a zone as it is used from here on, or null where nobody knows it: `Europe/Berlin`, `UTC`, `+05:30`. */
export function findTimeZone(text: string): string | null {
  if (/^(z|utc)$/i.test(text)) return 'UTC';
  if (FIXED_OFFSET.test(text)) return readFixedOffset(text) === null ? null : text;
  if (!/^[a-z]/i.test(text)) return null;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return text;
  } catch {
    // That is how the platform says that it knows no such zone.
    return null;
  }
}

function readFixedOffset(name: string): number | null {
  if (name === 'UTC') return 0;
  const [, sign, hours, minutes] = FIXED_OFFSET.exec(name) ?? [];
  if (sign === undefined || Number(hours) > 15 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** ICU prints an offset as `GMT`, `GMT+02:00` or, for local mean times, `GMT-04:56:02`. */
function readerOf(name: string): (epochSeconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  return (epochSeconds) => {
    const [, sign, hours, minutes, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(epochSeconds * 1000)) ?? [];
    const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
    return sign === '-' ? -size : size;
  };
}
