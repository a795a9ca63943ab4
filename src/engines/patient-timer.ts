/** A timer that fires later than this was kept from it by a busy thread, which also kept it from reading. */
const LATE_MS = 500;
/** What a thread that was busy gets to read what came meanwhile. */
const CATCH_UP_MS = 1000;

/**
 * Calls back when the time is over, unless this thread was too busy to notice what came in time: then it may catch up
 * first. Returns how to call it off.
 */
export function startPatientTimer(ms: number, onOver: () => void): () => void {
  let dueMs = performance.now() + ms;
  const look = (): void => {
    const lateMs = performance.now() - dueMs;
    if (lateMs < LATE_MS) {
      onOver();
      return;
    }
    dueMs = performance.now() + CATCH_UP_MS;
    timer = setTimeout(look, CATCH_UP_MS);
  };
  let timer = setTimeout(look, ms);
  return () => clearTimeout(timer);
}
