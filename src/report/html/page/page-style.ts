/**
 * The style of the page. It works without scripts and without a network: no font, no picture, and colours for light, dark
 * and paper.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1c2127;--soft:#59626d;--paper:#fff;--panel:#f5f6f8;--line:#d5d9df;--link:#0b57c2;
--good:#17703a;--good-bg:#e4f4e9;--bad:#b3201b;--bad-bg:#fdeaea;--warn:#8a5300;--warn-bg:#fdf1dc;--mark:#ffe08a;--mark-ink:#3d2b00;
--missing:#b3201b;--extra:#6a3fb5;--changed:#a65e00}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#a3acb8;--paper:#14171b;--panel:#1d2127;--line:#3a414b;--link:#7db2ff;
--good:#7fd6a0;--good-bg:#12301f;--bad:#ff8f88;--bad-bg:#3b1716;--warn:#f2bd6b;--warn-bg:#35260d;--mark:#6b5200;--mark-ink:#fff3cc;
--missing:#ff8f88;--extra:#bfa3ff;--changed:#f2b35e}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.skip{position:absolute;left:-99em}
.skip:focus{left:1em;top:1em;background:var(--paper);padding:.5em 1em;z-index:2}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
footer{padding-bottom:48px;color:var(--soft)}
h1{font-size:28px;line-height:1.25;margin:.2em 0 .3em;text-wrap:balance}
h2{font-size:20px;margin:2em 0 .6em;padding-top:.5em;border-top:1px solid var(--line)}
h3{font-size:16px;margin:1.6em 0 .4em;overflow-wrap:anywhere}
p{margin:.4em 0 .8em;max-width:80ch}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,.hex{font:13px/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere;white-space:pre-wrap;unicode-bidi:isolate}
small,.cut{font-size:12px;color:var(--soft)}
.front h2{font-size:17px;margin-top:1.3em}
nav{margin-bottom:14px}
.brand{font-size:13px;color:var(--soft);letter-spacing:.02em}
.verdict{border-left:6px solid var(--soft);background:var(--panel);padding:16px 20px;border-radius:4px}
.verdict p:last-child{margin-bottom:0}
.verdict.good{border-color:var(--good);background:var(--good-bg)}
.verdict.bad{border-color:var(--bad);background:var(--bad-bg)}
.verdict.warn{border-color:var(--warn);background:var(--warn-bg)}
.answer{font-size:17px;font-weight:600}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3em 1.4em;margin:1.2em 0}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
ul.findings{padding-left:1.2em}
ul.findings li{margin:.4em 0;overflow-wrap:anywhere;max-width:100ch}
.hint{color:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:6px 10px;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-size:13px;font-weight:600;border-bottom:2px solid var(--line);vertical-align:bottom}
tbody th{font-weight:400}
th.name{min-width:15em}
.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
.zero{color:var(--soft)}
.tag{display:inline-block;font-size:12px;font-weight:600;padding:0 7px;border:1px solid currentColor;border-radius:9px;white-space:nowrap}
.tag.verified,.tag.sampled,.tag.counted{color:var(--good)}
.tag.different{color:var(--bad)}
.tag.unverified,.tag.waived{color:var(--warn)}
.missing{color:var(--missing)}.extra{color:var(--extra)}.changed{color:var(--changed)}
svg .missing,svg path.missing{fill:var(--missing)}svg path.extra{fill:var(--extra)}svg path.changed{fill:var(--changed)}
.name{overflow-wrap:anywhere}
.rows td,.rows th{border-bottom:0}
.rows tbody{border-bottom:1px solid var(--line)}
.rows tbody th.column{color:var(--soft);overflow-wrap:anywhere;min-width:9em;max-width:14em}
.rows th.value{width:32%}
.rows th.shows{min-width:9em}
.rows td.key{max-width:16em}
.rows td.shows{color:var(--soft);max-width:14em;font-size:13px}
mark{background:var(--mark);color:var(--mark-ink);border-radius:2px;text-decoration:underline;text-decoration-thickness:2px}
.unseen{font:600 11px/1.3 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;border:1px solid currentColor;border-radius:3px;padding:0 2px;margin:0 1px;opacity:.85;unicode-bidi:isolate}
.null{color:var(--soft)}
ul.json,ul.whole{list-style:none;margin:0;padding:0 0 0 1em;font:13px/1.45 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
ul.json{border-left:1px dotted var(--line)}
ul.whole{padding:0}
ul.whole .name,ul.json .name{color:var(--soft)}
.same{color:var(--soft)}
figure.map{margin:1em 0}
figcaption{max-width:100ch;margin-bottom:.5em}
.trend path.untold{fill:var(--soft)}
.trend svg{display:block;width:100%;height:72px;background:var(--panel);border-bottom:1px solid var(--soft)}
.lane{display:grid;grid-template-columns:96px 1fr;align-items:end;justify-items:start;margin:.25em 0}
.lane svg{display:block;width:100%;height:26px;background:var(--panel);border-bottom:1px solid var(--soft)}
.axis{display:flex;justify-content:space-between;margin-left:96px;font-size:12px;color:var(--soft);font-variant-numeric:tabular-nums}
.places{width:auto;margin:.4em 0}
summary{cursor:pointer;color:var(--link);width:max-content;max-width:100%}
.sign td{height:44px;border-bottom:1px solid var(--ink)}
.sign th{color:var(--soft);font-size:13px;border:0}
.tools{display:flex;flex-wrap:wrap;gap:10px;align-items:center;margin:.6em 0}
.tools input,.tools select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:4px;padding:4px 8px}
.tools input{min-width:16em}
th button{all:unset;cursor:pointer;font-weight:600}
th button:focus-visible{outline:3px solid var(--link)}
th button::after{content:" ↕";color:var(--line)}
th[aria-sort=ascending] button::after{content:" ↑";color:inherit}
th[aria-sort=descending] button::after{content:" ↓";color:inherit}
pre{background:var(--panel);padding:12px 16px;border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}
[hidden]{display:none!important}
@media (max-width:700px){dl.facts{grid-template-columns:1fr}dl.facts dt{margin-top:.5em}header,main,footer{padding-left:14px;padding-right:14px}}
@page{size:A4;margin:14mm}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--panel:#f3f3f3;--line:#bbb;--link:#000;--good:#17703a;--good-bg:#fff;--bad:#b3201b;--bad-bg:#fff;--warn:#8a5300;--warn-bg:#fff;--mark:#ffe08a;--mark-ink:#000;--missing:#b3201b;--extra:#6a3fb5;--changed:#a65e00}
body{font-size:10pt}header,main,footer{max-width:none;padding:0}.tools,.skip,nav{display:none!important}
tr,figure,li,.verdict{break-inside:avoid}thead{display:table-header-group}h2,h3{break-after:avoid}
.front{break-after:page}.front h2{margin-top:1.2em}.wide{overflow:visible}code,.hex{font-size:8.5pt}th,td{padding:3px 6px}
mark,.tag,.lane svg,.trend svg,svg path,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;block-size:auto;display:block}summary{display:none}th button::after{content:none!important}}
`;
