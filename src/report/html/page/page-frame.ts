import { createHash } from 'node:crypto';
import { Html, html } from '../html-text.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

interface Page {
  readonly title: string;
  readonly body: Html;
}

/**
 * The frame of a page that asks nobody for anything. Its policy lets only the style and the script run that are in this
 * file, by their hashes: https://www.w3.org/TR/CSP3/#framework-directive-source-list
 */
export function formatPage({ title, body }: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(PAGE_STYLE)}'`,
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
${formatRaw('style', PAGE_STYLE)}
</head>
<body>
${body}
${formatRaw('script', PAGE_SCRIPT)}
</body>
</html>
`.markup;
}

/** An element whose text is no markup; it is ours, and does not hold its own end. */
function formatRaw(name: 'style' | 'script', text: string): Html {
  return new Html(`<${name}>${text}</${name}>`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
