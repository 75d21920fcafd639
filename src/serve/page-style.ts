/** How the page on `/docs` looks: light or dark by the reader's choice, one column on a phone. Contrasts are WCAG 2.2's AA. */

export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --surface: #ffffff; --ink: #1b2430; --soft: #55616f; --line: #d7dce2; --edge: #7b8794;
  --accent: #1f5fa8; --on-accent: #ffffff; --bad: #a8201a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151a; --surface: #1a2027; --ink: #e6ebf1; --soft: #a7b3c0; --line: #38424d; --edge: #75828f;
    --accent: #82b4f0; --on-accent: #11151a; --bad: #f4938b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 .75rem; font-size: 1.25rem; }
section {
  margin-top: 1.5rem; padding: 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: .5rem;
}
.note { margin: .25rem 0 0; color: var(--soft); font-size: .9rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.row input { flex: 1 1 12rem; }
label { display: block; font-weight: 600; }
input, select, button { width: 100%; padding: .5rem .6rem; font: inherit; border-radius: .35rem; min-height: 2.75rem; }
input, select { color: var(--ink); background: var(--ground); border: 1px solid var(--edge); }
[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; }
button {
  width: auto; padding: .5rem 1.25rem; color: var(--on-accent); background: var(--accent); border: 0; font-weight: 600;
  cursor: pointer;
}
button:disabled { background: var(--soft); cursor: default; }
#send { margin-top: 1rem; }
.hint { margin: .2rem 0 0; color: var(--soft); font-size: .85rem; }
.wrong { margin: .2rem 0 0; color: var(--bad); font-size: .9rem; }
.wrong:empty, .hint:empty { display: none; }
output { display: block; margin-top: 1rem; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
output:empty { display: none; }
output.wrong { font-size: 1rem; }
pre { margin: 0; padding: .75rem; background: var(--ground); border-radius: .35rem; overflow-x: auto; overflow-wrap: normal; }
code { font: .85rem/1.5 ui-monospace, monospace; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: normal; }
.wide tr > :first-child { white-space: nowrap; overflow-wrap: normal; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) { body { padding: 1rem .5rem 2rem; } section { padding: .9rem .7rem; } }
`;
