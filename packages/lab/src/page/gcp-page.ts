/** The part of the page's script that shows Google Cloud. It goes by the helpers of the whole. */
export const GCP_SCRIPT = `
function showGcp(gcp) {
  const policyOf = (on) => gcp.policies.find((policy) => policy.on === on) ?? { bindings: [], visible: true }
  const bindings = (on) => fold('gcp ' + on, count(policyOf(on).bindings.length, 'binding'), policyOf(on).bindings)
  const visible = (thing) => thing.visible ? mark('pass', 'yes') : mark('warn', 'not yet')
  const state = (thing) => thing.deleted ? mark('fail', 'deleted') : thing.disabled ? mark('warn', 'disabled') : mark('pass', 'on')
  fill('gcp-projects', table(['project', 'number', 'policy', 'visible'], gcp.projects.map((project) => [
    mono(project.id), mono(project.number), bindings('projects/' + project.id), visible(policyOf('projects/' + project.id)) ]), 'No project yet.'))
  fill('gcp-buckets', table(['bucket', 'project', 'location', 'objects', 'policy', 'visible', 'settings'], gcp.buckets.map((bucket) => [
    mono(bucket.name), mono(bucket.projectId), bucket.location, String(bucket.objects),
    bindings('projects/_/buckets/' + bucket.name), visible(policyOf('projects/_/buckets/' + bucket.name)), fold('gcp settings ' + bucket.name, 'settings', bucket) ]), 'No bucket yet.'))
  fill('gcp-accounts', table(['service account', 'state', 'keys', 'policy'], gcp.serviceAccounts.map((account) => [
    make('div', {}, mono(account.email), make('br'), mono(account.uniqueId)), state(account),
    fold('gcp keys ' + account.email, count(account.keys.length, 'key'), account.keys),
    bindings('projects/' + account.email.split('@')[1].split('.')[0] + '/serviceAccounts/' + account.email) ]), 'No service account yet.'))
  fill('gcp-pools', table(['workload identity pool', 'state', 'providers'], gcp.pools.map((pool) => [
    mono(pool.name), state(pool),
    make('div', {}, ...pool.providers.map((provider) => make('div', {}, mono(provider.id), ' ', state(provider), fold(pool.name + provider.id, provider.issuerUri, provider)))) ]), 'No pool yet.'))
  fill('gcp-roles', table(['custom role', 'state', 'visible', 'permissions'], gcp.roles.map((role) => [
    mono(role.name), state(role), visible(role), fold('gcp ' + role.name, count(role.permissions.length, 'permission'), role.permissions) ]), 'No custom role yet.'))
}
`

/** Where the script puts it. */
export const GCP_SECTIONS = `<h2>Google Cloud: projects</h2><div id="gcp-projects"></div>
<h2>Google Cloud: buckets</h2><div id="gcp-buckets"></div>
<h2>Google Cloud: service accounts</h2><div id="gcp-accounts"></div>
<h2>Google Cloud: workload identity pools</h2><div id="gcp-pools"></div>
<h2>Google Cloud: custom roles</h2><div id="gcp-roles"></div>`
