import { ALIYUN_SCRIPT, ALIYUN_SECTIONS } from './aliyun-page.ts'
import { AZURE_SCRIPT, AZURE_SECTIONS } from './azure-page.ts'
import { GCP_SCRIPT, GCP_SECTIONS } from './gcp-page.ts'

/** The page's style: Sluice's design tokens, light and dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--surface:#f7f8f9;--border:#dfe3e8;--control:#7c8794;--text:#14181f;--muted:#515b69;--accent:#1d5fd1;--on:#fff;--pass:#0f6b3f;--fail:#b3261e;--warn:#8a5200;--pass-tint:#e7f5ed;--fail-tint:#fdecea;--warn-tint:#fff4e0}
@media(prefers-color-scheme:dark){:root{--bg:#0e1116;--surface:#151a21;--border:#2b333f;--control:#6f7b8a;--text:#e8ecf1;--muted:#a3adba;--accent:#7fb0ff;--on:#0b1220;--pass:#5bd394;--fail:#ff8a80;--warn:#f2b84b;--pass-tint:#10281c;--fail-tint:#331715;--warn-tint:#2e220c}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/20px system-ui,sans-serif}
main,header{max-width:1200px;margin:0 auto;padding:16px 24px 0}main{padding:0 24px 48px}
h1{font-size:20px;line-height:28px;font-weight:600;margin:0}
h2{font-size:16px;line-height:24px;font-weight:600;margin:32px 0 8px}h2:first-child{margin-top:0}
p{margin:4px 0;color:var(--muted)}
code,pre,.id{font:12px/16px ui-monospace,monospace}
.scroll{overflow-x:auto;border:1px solid var(--border);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;padding:8px 12px;border-top:1px solid var(--border);vertical-align:top;font-variant-numeric:tabular-nums}
thead th{border-top:0;background:var(--surface);color:var(--muted);font-weight:500;font-size:12px;line-height:16px;white-space:nowrap}
td.end,th.end{text-align:right}
td .id{overflow-wrap:anywhere}td .short,td button,summary,#requests td{white-space:nowrap}
@media(max-width:760px){table{min-width:720px}main,header{padding-left:16px;padding-right:16px}}
details>summary{cursor:pointer;color:var(--accent)}
pre{margin:8px 0 0;padding:8px;background:var(--surface);border-radius:4px;overflow-x:auto;max-height:360px}
.state{display:inline-block;padding:0 8px;border-radius:4px;font-weight:500;white-space:nowrap}
.pass{color:var(--pass);background:var(--pass-tint)}.fail{color:var(--fail);background:var(--fail-tint)}.warn{color:var(--warn);background:var(--warn-tint)}
form{display:flex;flex-wrap:wrap;gap:12px;align-items:end;margin:0 0 12px}
label{display:grid;gap:4px;font-size:12px;line-height:16px;color:var(--muted)}
input,select,button{font:inherit;color:var(--text);background:var(--bg);border:1px solid var(--control);border-radius:4px;padding:6px 8px;min-height:36px}
button{cursor:pointer}button.primary{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:500}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
#notice{color:var(--fail);min-height:20px}
@media(pointer:coarse){input,select,button{min-height:44px}}
`

/** The page's script. Everything from the lab becomes text, never markup. */
export const PAGE_SCRIPT = `
'use strict'
const byId = (id) => document.getElementById(id)
const make = (tag, options, ...children) => { const node = Object.assign(document.createElement(tag), options); node.append(...children.filter((child) => child != null)); return node }
const mono = (text) => make('span', { className: text.length <= 24 ? 'id short' : 'id', textContent: text })
const count = (number, noun) => number + ' ' + noun + (number === 1 ? '' : 's')
const openFolds = new Set()
const fold = (key, label, value) => {
  const node = make('details', { open: openFolds.has(key) }, make('summary', { textContent: label }), make('pre', { textContent: JSON.stringify(value, null, 2) }))
  node.addEventListener('toggle', () => node.open ? openFolds.add(key) : openFolds.delete(key))
  return node
}
const mark = (kind, text) => make('span', { className: 'state ' + kind, textContent: text })
const table = (heads, rows, empty) => rows.length === 0 ? make('p', { textContent: empty }) :
  make('div', { className: 'scroll', tabIndex: 0 }, make('table', {},
    make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { textContent: head, scope: 'col', className: head === 'ms' || head === 'bytes' ? 'end' : '' })))),
    make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, index) => make('td', { className: heads[index] === 'ms' || heads[index] === 'bytes' ? 'end' : '' }, cell)))))))
const fill = (id, node) => byId(id).replaceChildren(node)
const statusMark = (request) => request.status === 0 ? mark('fail', 'no answer') : mark(request.status < 400 ? 'pass' : request.status < 500 ? 'warn' : 'fail', request.status + (request.code ? ' ' + request.code : ''))
const shortName = (who) => /^(arn|acs):/.test(who) ? who.replace(/^.*:(?:assumed-role\\/)?/, '') : who.replace(/^principal:.*\\/subject\\//, '')
const principalMark = (who) => Object.assign(mono(shortName(who)), { title: who })
const effectText = (effect) => effect.kind + ' ' + Object.entries(effect).filter(([key]) => key !== 'kind').map(([key, value]) => key + '=' + value).join(' ')

${AZURE_SCRIPT}${GCP_SCRIPT}${ALIYUN_SCRIPT}
function show(lab) {
  showAzure(lab.azure)
  showGcp(lab.gcp)
  showAliyun(lab.aliyun)
  byId('summary').textContent = lab.url + ' · ' + count(lab.accounts.length, 'account') + ' · ' + count(lab.buckets.length, 'bucket') + ' · ' + count(lab.azure.storageAccounts.length, 'storage account') + ' · ' + count(lab.gcp.projects.length, 'project') + ' · ' + count(lab.aliyun.buckets.length, 'OSS bucket') + ' · ' + count(lab.requestCount, 'request') + ' · IAM changes take ' + lab.iamDelayMs + ' ms'
  fill('accounts', table(['account', 'name', 'users', 'access keys'], lab.accounts.map((account) => [
    mono(account.id), account.name,
    make('div', {}, ...account.users.map((user) => make('div', {}, mono(user.arn), fold(user.arn, 'policies', { policies: user.policies, attached: user.attached, boundary: user.boundary })))),
    make('div', {}, ...account.users.flatMap((user) => user.accessKeyIds.map((id) => make('div', {}, mono(id))))) ]), 'No account yet.'))
  const roles = lab.accounts.flatMap((account) => account.roles)
  fill('roles', table(['role', 'visible', 'trust', 'policies'], roles.map((role) => [
    make('div', {}, mono(role.arn), make('br'), mono(role.id)),
    role.visible ? mark('pass', 'yes') : mark('warn', 'not yet'),
    fold(role.arn + ' trust', 'trust policy', role.trust),
    fold(role.arn + ' policies', Object.keys(role.policies).length + ' inline, ' + role.attached.length + ' attached', { policies: role.policies, attached: role.attached, boundary: role.boundary, maxSessionDuration: role.maxSessionDuration, tags: role.tags }) ]), 'No role yet: apply a setup, or call iam:CreateRole.'))
  const policies = lab.accounts.flatMap((account) => account.policies)
  fill('policies', table(['managed policy', 'document'], policies.map((policy) => [mono(policy.arn), fold(policy.arn, 'document', policy.document)]), 'No managed policy.'))
  const providers = lab.accounts.flatMap((account) => account.oidcProviders)
  fill('providers', table(['OIDC provider', 'client ids'], providers.map((provider) => [mono(provider.arn), provider.clientIds.join(', ')]), 'No identity provider.'))
  fill('buckets', table(['bucket', 'account', 'region', 'objects', 'encryption', 'settings'], lab.buckets.map((bucket) => [
    mono(bucket.name), mono(bucket.accountId), bucket.region, String(bucket.objects), bucket.encryption.algorithm,
    fold(bucket.name, bucket.policy ? 'policy and settings' : 'settings', bucket) ]), 'No bucket yet.'))
  fill('keys', table(['KMS key', 'manager', 'state', 'policy'], lab.keys.map((key) => [
    mono(key.arn + (key.alias ? ' (' + key.alias + ')' : '')), key.manager, mark(key.state === 'Enabled' ? 'pass' : 'fail', key.state), fold(key.arn, 'key policy', key.policy) ]), 'No key.'))
  fill('faults', table(['fault', 'operation', 'effect', 'met', ''], lab.faults.map((fault) => {
    const remove = make('button', { type: 'button', textContent: 'Switch off' })
    remove.addEventListener('click', () => post({ remove: fault.id }))
    return [mono(fault.id), fault.operation + (fault.keyPrefix ? ' ' + fault.keyPrefix + '*' : '') + (fault.conditional ? ' (conditional)' : ''), effectText(fault.effect), fault.met + (fault.times ? ' of ' + fault.times : ''), remove]
  }), 'Nothing goes wrong.'))
  fill('requests', table(['time', 'answer', 'ms', 'operation', 'principal', 'about', 'bytes'], lab.requests.map((request) => [
    mono(request.at.slice(11, 23)), statusMark(request), String(request.ms), request.operation, principalMark(request.principal),
    mono([request.bucket, request.key].filter(Boolean).join('/') + (request.range ? ' ' + request.range : '')), String(request.bytesOut) ]), 'No request yet.'))
}

async function refresh() {
  try {
    const answer = await fetch('/_lab/state.json')
    const text = await answer.text()
    if (text !== refresh.last && !byId('faults').contains(document.activeElement)) show(JSON.parse(text))
    refresh.last = text
    byId('notice').textContent = ''
  } catch { byId('notice').textContent = 'The lab does not answer.' }
}
async function post(body) {
  const answer = await fetch('/_lab/faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  document.activeElement?.blur()
  await refresh()
  if (!answer.ok) byId('notice').textContent = (await answer.json()).detail
}
byId('add').addEventListener('submit', (event) => {
  event.preventDefault()
  const form = new FormData(event.target)
  const kind = form.get('kind')
  const amount = Number(form.get('amount'))
  const effect = { latency: { kind, ms: amount }, bandwidth: { kind, bytesPerSecond: amount }, error: { kind, status: amount, code: String(form.get('code')) }, truncate: { kind, afterBytes: amount } }[kind] ?? { kind }
  post({ operation: form.get('operation'), effect, ...(form.get('times') ? { times: Number(form.get('times')) } : {}) })
})
setInterval(() => document.hidden || refresh(), 2000)
refresh()
`

/** The whole page. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Sluice lab</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Sluice lab</h1>
<p id="summary">Loading…</p>
<p id="notice" role="status"></p>
</header>
<main>
<h2>Accounts</h2><div id="accounts"></div>
<h2>Roles</h2><div id="roles"></div>
<h2>Managed policies</h2><div id="policies"></div>
<h2>Identity providers</h2><div id="providers"></div>
<h2>Buckets</h2><div id="buckets"></div>
<h2>Keys</h2><div id="keys"></div>
${AZURE_SECTIONS}
${GCP_SECTIONS}
${ALIYUN_SECTIONS}
<h2>Faults</h2>
<form id="add">
<label>Operation<input name="operation" value="s3.GetObject" required></label>
<label>Effect<select name="kind"><option>latency</option><option>bandwidth</option><option>error</option><option>reset</option><option>truncate</option><option>hang</option></select></label>
<label>ms, bytes/s, status or bytes<input name="amount" type="number" min="0" value="500"></label>
<label>Error code<input name="code" value="SlowDown"></label>
<label>Times (empty: always)<input name="times" type="number" min="1"></label>
<button class="primary">Switch on</button>
</form>
<div id="faults"></div>
<h2>Requests</h2><div id="requests"></div>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
