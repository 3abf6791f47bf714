/** The part of the page's script that shows Azure. It goes by the helpers of the whole. */
export const AZURE_SCRIPT = `
function showAzure(azure) {
  const settings = (account) => Object.entries(account.settings).filter(([, value]) => value === true).map(([name]) => name).join(', ')
  fill('storage-accounts', table(['storage account', 'resource group', 'containers', 'on', 'settings'], azure.storageAccounts.map((account) => [
    mono(account.name), mono(account.resourceGroup),
    make('div', {}, ...account.containers.map((container) => make('div', {}, mono(container.name), ' ' + count(container.blobs, 'blob'), fold(account.name + '/' + container.name, 'settings', container)))),
    settings(account), fold(account.name, 'settings', { ...account, containers: undefined }) ]), 'No storage account yet.'))
  fill('identities', table(['identity', 'kind', 'object ids', 'visible', 'federated credentials'], azure.identities.map((identity) => [
    make('div', {}, identity.name, make('br'), mono(identity.clientId)), identity.kind,
    make('div', {}, ...Object.values(identity.objectIds).map((id) => make('div', {}, mono(id)))),
    identity.visible ? mark('pass', 'yes') : mark('warn', 'not yet'),
    fold(identity.clientId, count(identity.credentials.length, 'credential'), identity.credentials) ]), 'No application or managed identity yet.'))
  fill('role-assignments', table(['role', 'principal', 'visible', 'scope', 'condition'], azure.roleAssignments.map((assignment) => [
    assignment.roleDefinitionName, mono(assignment.principalId), assignment.visible ? mark('pass', 'yes') : mark('warn', 'not yet'),
    mono(assignment.scope), assignment.condition ? fold(assignment.id, 'condition', assignment.condition) : '' ]), 'No role given yet.'))
}
`

/** Where the script puts it. */
export const AZURE_SECTIONS = `<h2>Azure: storage accounts</h2><div id="storage-accounts"></div>
<h2>Azure: identities</h2><div id="identities"></div>
<h2>Azure: role assignments</h2><div id="role-assignments"></div>`
