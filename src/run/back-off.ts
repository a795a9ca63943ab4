/** How long tries are apart, in the order of the tries. */
export const RETRY_DELAYS_MS = [250, 1000, 4000] as const;

/**
 * Takes off up to half of a wait: workers that failed at the same moment must not all come back at the same moment.
 * `random` is from 0 up to 1.
 */
export function withJitter(ms: number, random: () => number): number {
  return ms * (1 - random() / 2);
}

/** Waits; resolves early once the signal is aborted. */
export function waitUnlessStopped(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
