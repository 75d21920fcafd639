/** The page on `/docs`, which says nothing of the model itself: its script asks for that, with the token where one is needed. */

import { createHash } from "node:crypto";
import type { Headers } from "./answer.ts";
import { script } from "./page-script.ts";
import { style } from "./page-style.ts";
import { ROUTES, type Route } from "./route.ts";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

export const PAGE_HEADERS: Headers = [
  "content-type",
  "text/html; charset=utf-8",
  "content-security-policy",
  POLICY.join("; "),
  "x-content-type-options",
  "nosniff",
  "referrer-policy",
  "no-referrer",
  "cache-control",
  "no-cache",
];

export const pageFor = ({ isTokenNeeded }: { readonly isTokenNeeded: boolean }): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>The model</title>
    <link rel="icon" href="data:," />
    <style>${style}</style>
  </head>
  <body>
    <header>
      <h1 id="name">The model</h1>
      <p id="about" class="note">Its name and its columns come with a script.</p>
    </header>
    <main>
      ${isTokenNeeded ? TOKEN : ""}
      <section aria-labelledby="predict">
        <h2 id="predict">Predict</h2>
        <form id="form" novalidate>
          <div id="fields" class="fields"></div>
          <button id="send" disabled>Predict</button>
          <output id="answer" form="form" role="status"></output>
        </form>
      </section>
      <section aria-labelledby="command">
        <h2 id="command">The same in a shell</h2>
        <pre tabindex="0" role="region" aria-label="The command"><code id="curl"></code></pre>
      </section>
      <section aria-labelledby="endpoints">
        <h2 id="endpoints">Endpoints</h2>
        <div class="wide" tabindex="0" role="region" aria-label="Table of the endpoints">
          <table>
            <thead>
              <tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it is for</th></tr>
            </thead>
            <tbody>
${ENDPOINTS}
            </tbody>
          </table>
        </div>
      </section>
    </main>
    <script>${script}</script>
  </body>
</html>
`;

const TOKEN = `<section aria-labelledby="token-title">
        <h2 id="token-title">Token</h2>
        <form id="unlock" class="row">
          <label for="token">What this service asks for</label>
          <input id="token" type="password" autocomplete="off" required />
          <button>Show the model</button>
        </form>
      </section>`;

const ENDPOINTS = Object.values<Route>(ROUTES)
  .map(
    ({ method, template, summary }) =>
      `              <tr><td>${method}</td><th scope="row"><code>${template}</code></th><td>${summary}</td></tr>`,
  )
  .join("\n");
