import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; --bg: #ffffff; --surface: #f7f8f9; --border: #dfe3e8; --text: #14181f; --muted: #515b69; --accent: #1d5fd1 }
@media (prefers-color-scheme: dark) {
  :root { --bg: #0e1116; --surface: #151a21; --border: #2b333f; --text: #e8ecf1; --muted: #a3adba; --accent: #7fb0ff }
}
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/20px system-ui, sans-serif }
main { max-width: 72ch; margin: 48px auto; padding: 0 24px }
h1 { font-size: 28px; line-height: 36px; font-weight: 600; margin: 0 0 8px }
h2 { font-size: 20px; line-height: 28px; font-weight: 600; margin: 32px 0 8px }
p { margin: 0 0 12px } .lead { font-size: 16px; line-height: 24px } .muted { color: var(--muted); font-size: 12px; line-height: 16px }
pre { margin: 0 0 16px; padding: 12px 16px; overflow-x: auto; background: var(--surface); border: 1px solid var(--border); border-radius: 8px }
code { font: 13px/20px ui-monospace, monospace }
a { color: var(--accent) } a:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
`

const STEPS = [
  ['Who this server is to a cloud, and what it lacks', 'npx sluice platform show\nnpx sluice server doctor'],
  [
    'Connect a bucket; its external id is issued at once',
    'npx sluice connection create acme --account-id 987654321987 \\\n  --location s3://test-bucket-123/data/ --purpose import',
  ],
  ['Write what the cloud admin applies into a folder', 'npx sluice connection setup acme --output acme-setup'],
  ['Prove that it works, and that nobody else can use it', 'npx sluice connection validate acme --wait 600'],
  [
    'Query the files',
    'npx sluice stage create acme_data --connection acme \\\n  --url s3://test-bucket-123/data/\nnpx sluice sql "SELECT * FROM @acme_data/test.parquet LIMIT 1"',
  ],
] as const

/** The page at `/`: what this is and what to do next. Nothing in it needs a script, so none may run. */
export function landingPage(version: string): { readonly html: string; readonly contentSecurityPolicy: string } {
  const steps = STEPS.map(([title, command]) => `<p>${title}:</p>\n<pre tabindex="0"><code>${command}</code></pre>`).join('\n')
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice</title>
<style>${STYLE}</style>
<main>
<h1>Sluice</h1>
<p class="lead">This server connects a data platform to its customers' buckets without holding their keys.</p>
<p>It is used from the command line and over HTTP: <a href="/v1/openapi.json">the API as an OpenAPI document</a>.</p>
<h2>Next</h2>
${steps}
<p>Without a cloud account: <code>npx sluice lab start</code> has one to try it all on.</p>
<p class="muted">Sluice ${version}. Commands on this machine find the server and its token by themselves.</p>
</main>
</html>
`
  const hash = createHash('sha256').update(STYLE).digest('base64')
  return { html, contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'` }
}
