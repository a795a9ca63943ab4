/** More typing mistakes than this make a suggestion a guess. */
const MOST_EDITS = 3;

/** The known name that was probably meant, or null where none is near. Letter case is no mistake. */
export function findClosestName(typed: string, known: readonly string[]): string | null {
  const ranked = known
    .map((name) => ({ name, edits: countEdits(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const best = ranked[0];
  if (best === undefined || best.edits > Math.min(MOST_EDITS, Math.floor(typed.length / 2))) return null;
  return best.name;
}

/** Levenshtein distance, one row of the matrix at a time; two letters that changed places are one mistake. */
function countEdits(from: string, to: string): number {
  let beforeAbove: readonly number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwapped ? (beforeAbove[column - 2] ?? row) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforeAbove = above;
    above = current;
  }
  return above[to.length] ?? 0;
}
