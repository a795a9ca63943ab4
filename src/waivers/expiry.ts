const DAY_MS = 86_400_000;

/** The day that `YYYY-MM-DD` means, as milliseconds of its beginning in UTC; null where it is on no calendar. */
export function calendarDay(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || dayOf(ms) !== text ? null : ms;
}

/** The UTC day of a moment. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The day so many days after another one. */
export function daysAfter(day: string, days: number): string {
  return dayOf((calendarDay(day) ?? 0) + days * DAY_MS);
}
