/** A count with thousands separators, the same on every machine. */
export function formatCount(count: number | bigint): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A count with its noun: "1 row", "1,204 rows". */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number of bytes, as exact as an estimate is: "16 kB", "1.2 MB", "31 GB". */
export function formatBytes(bytes: number): string {
  if (bytes === 0) return '0 bytes';
  if (bytes < 1_000_000) return `${formatCount(Math.ceil(bytes / 1000))} kB`;
  const isLarge = bytes >= 1_000_000_000;
  const amount = bytes / (isLarge ? 1_000_000_000 : 1_000_000);
  return `${amount < 10 ? amount.toFixed(1) : formatCount(Math.round(amount))} ${isLarge ? 'GB' : 'MB'}`;
}

/** A duration in the two units that matter at its size: "0.4 s", "3 min 12 s", "2 h 5 min". */
export function formatDuration(elapsedMs: number): string {
  const totalSeconds = Math.max(0, elapsedMs) / 1000;
  if (totalSeconds < 59.95) return `${totalSeconds.toFixed(1)} s`;
  const seconds = Math.round(totalSeconds);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${formatCount(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
}
