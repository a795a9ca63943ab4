import { guardText, visibleLine } from '../../words/visible-text.js';

/** A remark that GitHub shows at the head of a job. */
export interface Annotation {
  readonly kind: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** A message of a server may be megabytes long, and GitHub cuts long annotations. */
const MOST_CHARACTERS = 1000;

/**
 * The line by which a job tells GitHub of a remark. Whatever a name or a message holds, it stays one command with one title:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function formatWorkflowCommand({ kind, title, message }: Annotation): string {
  return `::${kind} title=${escapeProperty(shorten(title))}::${escapeData(shorten(message))}\n`;
}

function shorten(text: string): string {
  const shown = guardText(visibleLine(text));
  return shown.length <= MOST_CHARACTERS
    ? shown
    : `${[...shown.slice(0, MOST_CHARACTERS)].slice(0, -1).join('')}…`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
