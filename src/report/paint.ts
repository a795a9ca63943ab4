/** What a piece of report text means; the colour follows from it, so that no renderer knows escape codes. */
export type Tone = 'plain' | 'strong' | 'good' | 'bad' | 'warn' | 'faint';

export type Paint = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Exclude<Tone, 'plain'>, number>> = {
  strong: 1,
  good: 32,
  bad: 31,
  warn: 33,
  faint: 2,
};

/** Gives the one function that colours text, or leaves every text as it is where colour is not wanted. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_tone, text) => text;
  return (tone, text) => (tone === 'plain' || text === '' ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`);
}
