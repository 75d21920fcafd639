/** How the page looks: one column on a phone, by the reader's choice light or dark. Contrasts are WCAG 2.2's AA. */

import { Html } from "./html.ts";

export const style = new Html(`
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --surface: #fff; --ink: #1b2430; --soft: #55616f; --line: #d7dce2;
  --first: #1f5fa8; --second: #8a4b08; --third: #6b3fa0; --usual: #a8440a;
  --good: #1a6b34; --bad: #a8201a; --warn: #8a4b08; --tint: #1f5fa8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151a; --surface: #1a2027; --ink: #e6ebf1; --soft: #a7b3c0; --line: #38424d;
    --first: #82b4f0; --second: #e8b15a; --third: #c3a3f0; --usual: #f2a860;
    --good: #74cf92; --bad: #f4938b; --warn: #e8b15a; --tint: #82b4f0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 72rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 .5rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1rem; display: flex; flex-wrap: wrap; gap: .25rem .5rem; align-items: center; }
section { margin-top: 1.5rem; }
section { padding: 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: .5rem; }
.note { margin: 0 0 .75rem; max-width: 52rem; color: var(--soft); font-size: .9rem; }
footer, .note.legend { margin-top: 1.5rem; }
code { font: .85em ui-monospace, monospace; }
.status { margin: .5rem 0; font-size: 1.1rem; }
.badge { padding: .1rem .5rem; border: 1px solid currentcolor; border-radius: 1rem; color: var(--soft); font-size: .8rem; font-weight: 600; }
.badge.good { color: var(--good); } .badge.warn { color: var(--warn); } .badge.bad { color: var(--bad); }
.alarms { border-left: .3rem solid var(--bad); }
.alarms ul { margin: 0; padding: 0; list-style: none; }
.alarms li { padding: .6rem 0; border-top: 1px solid var(--line); }
.alarms li:first-child { border-top: 0; }
.alarms p { margin: .15rem 0 0; }
dl { margin: 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; align-items: start; }
.card { padding: .9rem; border: 1px solid var(--line); border-radius: .4rem; min-width: 0; }
.card dl { margin: .4rem 0 .6rem; }
.card dl > div { display: flex; gap: .75rem; justify-content: space-between; }
.card dd { text-align: right; font-size: .9rem; }
figure { margin: 0 0 .5rem; min-width: 0; max-width: 34rem; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 .75rem; color: var(--soft); font-size: .85rem; }
figcaption b { color: var(--ink); }
figcaption span { white-space: nowrap; }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--soft); }
svg.key { display: inline-block; width: 24px; height: 10px; }
svg path { fill: none; }
.axis path { stroke: var(--line); }
.first, .second, .third, .usual { stroke-width: 1.6; stroke-linejoin: round; }
.first { stroke: var(--first); }
.second { stroke: var(--second); stroke-dasharray: 7 3; }
.third { stroke: var(--third); stroke-dasharray: 2 2.5; }
.usual { stroke: var(--usual); stroke-dasharray: 5 3; }
path.dots { stroke-width: 4.5; stroke-linecap: round; stroke-dasharray: none; }
svg path.wide, svg path.narrow { fill: var(--tint); fill-opacity: .16; }
svg path.narrow { fill-opacity: .3; }
svg path.now, .swatch.now, .bar.now { fill: var(--first); background: var(--first); }
svg path.before { fill: var(--surface); stroke: var(--soft); }
.swatch { display: inline-block; width: 10px; height: 10px; border: 1px solid var(--first); }
.swatch.before { border-color: var(--soft); }
svg path.change { stroke: var(--soft); stroke-width: 1.4; stroke-dasharray: 3 3; }
svg path.since { stroke: var(--bad); stroke-width: .8; stroke-opacity: .5; }
svg path.open { fill: var(--bad); }
.recovered { fill: var(--surface); stroke: var(--good); stroke-width: 2; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
caption { padding-bottom: .3rem; color: var(--soft); font-size: .85rem; text-align: left; }
th, td { padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
thead th { color: var(--soft); font-weight: normal; }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
.time { white-space: nowrap; }
.wide { overflow-x: auto; overflow-wrap: normal; }
.wide table { min-width: 46rem; }
.wide th, .wide td { max-width: 34rem; overflow-wrap: break-word; }
.shares { margin-bottom: .75rem; }
.shares caption { color: var(--ink); font-weight: 600; }
.shares th, .shares td { padding: .25rem .5rem .25rem 0; font-size: .85rem; vertical-align: middle; }
.shares tbody th { font-weight: normal; }
.shares td { width: 32%; }
.bar { display: block; width: var(--share); min-width: 1px; height: 6px; margin: .2rem 0 .1rem; border: 1px solid var(--first); }
.bar.before { border-color: var(--soft); }
summary { margin: 1rem 0 .5rem; cursor: pointer; }
:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
@media (max-width: 30rem) { body { padding: 1rem .5rem 2rem; } section { padding: .9rem .7rem; } .card { padding: .7rem .5rem; } }
@media print { section, .card { break-inside: avoid; } }
`);
