/** A run of characters of one side. */
export interface TextPiece {
  readonly text: string;
  /** Whether the other side has something else here. */
  readonly isMarked: boolean;
}

/** What is shown of one side: a window around what differs, and how many UTF-16 units were left out at its ends. */
export interface TextWindow {
  readonly before: number;
  readonly pieces: readonly TextPiece[];
  readonly after: number;
}

export interface TextPair {
  readonly source: string;
  readonly target: string;
}

/** Units that are shown around what differs, so that the place can be recognised. */
const CONTEXT = 40;
/** Units of the differing part that are shown of each side. */
const MOST_DIFFERING = 320;
/** Characters of both sides, multiplied, up to which they are aligned one by one. */
const MOST_WORK = 40_000;
/** Equal runs shorter than this between two differing ones are noise. */
const LEAST_EQUAL = 2;

/**
 * Finds where two texts differ, character by character, and cuts out what is worth showing. Texts may have many megabytes:
 * only the window is taken apart.
 */
export function alignTexts({ source, target }: TextPair): Readonly<Record<keyof TextPair, TextWindow>> {
  const most = Math.min(source.length, target.length);
  let start = 0;
  while (start < most && source.charCodeAt(start) === target.charCodeAt(start)) start++;
  let end = 0;
  const mostEnd = most - start;
  while (
    end < mostEnd &&
    source.charCodeAt(source.length - 1 - end) === target.charCodeAt(target.length - 1 - end)
  )
    end++;
  if (isTail(source, start) || isTail(target, start)) start--;
  if (isTail(source, source.length - end) || isTail(target, target.length - end)) end--;
  const [left, right] = [source, target].map((text) =>
    cutWindow({ text, start, end: text.length - end }),
  ) as [CutWindow, CutWindow];
  const marks = markMiddles([...left.middle], [...right.middle]);
  return { source: toWindow(left, marks.source), target: toWindow(right, marks.target) };
}

/** Whether a place lies within a pair of surrogates. */
function isTail(text: string, at: number): boolean {
  return (
    at > 0 &&
    at < text.length &&
    /[\udc00-\udfff]/.test(text[at] ?? '') &&
    /[\ud800-\udbff]/.test(text[at - 1] ?? '')
  );
}

interface CutWindow {
  readonly before: number;
  readonly head: string;
  readonly middle: string;
  readonly tail: string;
  readonly after: number;
}

function cutWindow({
  text,
  start,
  end,
}: {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}): CutWindow {
  const from = backFromTail(text, Math.max(0, start - CONTEXT));
  const isWhole = end - start <= MOST_DIFFERING;
  const middleEnd = isWhole ? end : backFromTail(text, start + MOST_DIFFERING);
  const tailEnd = isWhole ? backFromTail(text, Math.min(text.length, end + CONTEXT)) : middleEnd;
  return {
    before: from,
    head: text.slice(from, start),
    middle: text.slice(start, middleEnd),
    tail: text.slice(middleEnd, tailEnd),
    after: text.length - tailEnd,
  };
}

function backFromTail(text: string, at: number): number {
  return isTail(text, at) ? at - 1 : at;
}

function toWindow({ before, head, tail, after }: CutWindow, middle: readonly TextPiece[]): TextWindow {
  const around = (text: string): TextPiece[] => (text === '' ? [] : [{ text, isMarked: false }]);
  return { before, pieces: [...around(head), ...middle, ...around(tail)], after };
}

type Middles = Readonly<Record<keyof TextPair, readonly TextPiece[]>>;

function markMiddles(source: readonly string[], target: readonly string[]): Middles {
  if (source.length === 0 || target.length === 0 || source.length * target.length > MOST_WORK) {
    const whole = (characters: readonly string[]): TextPiece[] =>
      characters.length === 0 ? [] : [{ text: characters.join(''), isMarked: true }];
    return { source: whole(source), target: whole(target) };
  }
  const { left, right } = findCommon(source, target);
  return { source: toPieces(source, left), target: toPieces(target, right) };
}

/** Says of each character whether it belongs to the longest common subsequence. */
function findCommon(
  source: readonly string[],
  target: readonly string[],
): { left: boolean[]; right: boolean[] } {
  const width = target.length + 1;
  const lengths = new Uint16Array((source.length + 1) * width);
  for (let i = source.length - 1; i >= 0; i--) {
    for (let j = target.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        source[i] === target[j]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const left = source.map(() => false);
  const right = target.map(() => false);
  for (let i = 0, j = 0; i < source.length && j < target.length; ) {
    const at = i * width + j;
    if (source[i] === target[j]) {
      left[i++] = true;
      right[j++] = true;
    } else if ((lengths[at + width] ?? 0) >= (lengths[at + 1] ?? 0)) i++;
    else j++;
  }
  return { left, right };
}

function toPieces(characters: readonly string[], isCommon: readonly boolean[]): TextPiece[] {
  const runs: { text: string; isMarked: boolean; count: number }[] = [];
  for (const [at, character] of characters.entries()) {
    const isMarked = isCommon[at] !== true;
    const last = runs.at(-1);
    if (last?.isMarked === isMarked) {
      last.text += character;
      last.count++;
    } else runs.push({ text: character, isMarked, count: 1 });
  }
  const pieces: TextPiece[] = [];
  for (const [at, { text, isMarked, count }] of runs.entries()) {
    const isNoise = !isMarked && count < LEAST_EQUAL && at > 0 && at < runs.length - 1;
    const last = pieces.at(-1);
    if (last !== undefined && (last.isMarked || last.isMarked === isMarked) && (isMarked || isNoise)) {
      pieces[pieces.length - 1] = { text: `${last.text}${text}`, isMarked: true };
    } else pieces.push({ text, isMarked: isMarked || isNoise });
  }
  return pieces;
}
