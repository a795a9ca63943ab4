/** Without a prototype: a column may be called constructor or __proto__. */
export function noCounts(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

/** Adds counts of columns to others. */
export function addCounts(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count;
}
