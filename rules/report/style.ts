/** How the page looks: one column on a phone, by the reader's choice light or dark. Contrasts are WCAG 2.2's AA. */

import { Html } from "./html.ts";

export const style = new Html(`
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --surface: #ffffff; --ink: #1b2430; --soft: #55616f; --line: #d7dce2;
  --accent: #1f5fa8; --guide: #a8440a; --good: #1a6b34; --bad: #a8201a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151a; --surface: #1a2027; --ink: #e6ebf1; --soft: #a7b3c0; --line: #38424d;
    --accent: #82b4f0; --guide: #f2a860; --good: #74cf92; --bad: #f4938b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 72rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 .5rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1rem; }
header p { margin: .25rem 0 0; max-width: 44rem; }
section { margin-top: 1.5rem; padding: 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: .5rem; }
.note { margin: 0 0 .75rem; max-width: 48rem; color: var(--soft); font-size: .9rem; }
code { font: .85em ui-monospace, monospace; }
small { display: block; font-weight: normal; font-size: .8rem; color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.5rem; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem; align-items: start; }
figure { margin: 0; max-width: 27rem; }
figcaption { color: var(--soft); font-size: .85rem; }
figcaption b { color: var(--ink); }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--soft); }
svg .label, svg .name { fill: var(--ink); font-size: 12px; }
svg .name { paint-order: stroke; stroke: var(--surface); stroke-width: 4px; }
svg path { fill: none; }
.axis line { stroke: var(--line); }
.guide { stroke: var(--guide); stroke-width: 1.5; stroke-dasharray: 5 3; }
.dots { stroke: var(--accent); stroke-width: 5; stroke-linecap: round; stroke-opacity: .75; }
.dots.many { stroke-width: 3; stroke-opacity: .4; }
.bars rect { fill: var(--accent); fill-opacity: .7; }
.interval { stroke: var(--accent); stroke-width: 2; }
.dot { fill: var(--accent); stroke: var(--accent); stroke-width: 2; }
.dot.hollow { fill: var(--surface); }
.spread { margin-top: .5rem; }
.spread .interval { stroke: var(--soft); stroke-width: 1; }
.deviation { stroke: var(--accent); stroke-width: 7; stroke-opacity: .7; }
.mean { stroke: var(--ink); stroke-width: 2; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
.figure { text-align: right; font-variant-numeric: tabular-nums; }
td.figure { white-space: nowrap; }
td.figure[colspan] { white-space: normal; }
.wide tbody th { min-width: 7rem; overflow-wrap: anywhere; }
.change { color: var(--soft); }
.change.better { color: var(--good); }
.change.worse { color: var(--bad); }
dl { margin: 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin-bottom: 1rem; }
.counts dd { font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
.card { padding: .9rem; border: 1px solid var(--line); border-radius: .4rem; }
.card .note { margin-bottom: .4rem; }
.card dt { flex: none; }
.card dl > div, .facts > div { display: flex; gap: .75rem; justify-content: space-between; padding: .15rem 0; }
.card dd { text-align: right; font-size: .9rem; font-variant-numeric: tabular-nums; }
.facts > div { justify-content: flex-start; flex-wrap: wrap; gap: 0 .75rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.facts > div:last-child { border-bottom: 0; }
.facts dt { flex: 0 0 11rem; font-size: .9rem; }
.facts dd { flex: 1 1 14rem; }
.bars-table { margin-top: .5rem; }
.bars-table th, .bars-table td { padding: .2rem .3rem; font-size: .85rem; }
.bars-table tbody tr {
  background: linear-gradient(var(--accent), var(--accent)) left bottom / var(--share) 3px no-repeat;
}
.bars-table tbody tr > * { border-bottom: 0; padding-bottom: .35rem; }
.bars-table tbody th { font-weight: normal; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) { body { padding: 1rem .5rem 2rem; } section { padding: .9rem .7rem; }
  .wide th, .wide td { padding: .35rem .2rem; font-size: .8rem; } .wide small { font-size: .7rem; white-space: normal; }
  .wide tbody th { min-width: 5.5rem; } }
@media print { section { break-inside: avoid; } }
`);
