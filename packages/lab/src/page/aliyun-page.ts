/** The part of the page's script that shows Alibaba Cloud. It goes by the helpers of the whole. */
export const ALIYUN_SCRIPT = `
function showAliyun(aliyun) {
  const { accounts } = aliyun
  const policies = (key, attached) => fold(key, count(attached.length, 'policy').replace(/ys$/, 'ies'), attached)
  fill('aliyun-accounts', table(['account', 'name', 'users', 'access keys'], accounts.map((account) => [
    mono(account.uid), account.name,
    make('div', {}, ...account.users.map((user) => make('div', {}, mono(user.name), ' ', policies('ram ' + account.uid + user.name, user.attached)))),
    make('div', {}, ...account.users.flatMap((user) => user.accessKeys.map((key) => make('div', {}, mono(key.id), key.status === 'Active' ? '' : mark('warn', 'disabled'))))) ]), 'No account yet.'))
  fill('aliyun-roles', table(['RAM role', 'visible', 'trust', 'policies'], accounts.flatMap((account) => account.roles).map((role) => [
    make('div', {}, mono(role.arn), make('br'), mono(role.id)),
    role.visible ? mark('pass', 'yes') : mark('warn', 'not yet'),
    fold(role.arn + ' trust', 'trust policy', role.trust), policies(role.arn + ' policies', role.attached) ]), 'No role yet.'))
  fill('aliyun-policies', table(['custom policy', 'account', 'document'], accounts.flatMap((account) => account.policies.map((policy) => [
    mono(policy.name), mono(account.uid), fold('ram policy ' + account.uid + policy.name, 'document', policy.document) ])), 'No custom policy.'))
  fill('aliyun-providers', table(['OIDC provider', 'issuer', 'settings'], accounts.flatMap((account) => account.oidcProviders).map((provider) => [
    mono(provider.arn), mono(provider.issuer), fold(provider.arn, count(provider.clientIds.length, 'client id'), provider) ]), 'No identity provider.'))
  fill('aliyun-buckets', table(['bucket', 'account', 'region', 'objects', 'ACL', 'settings'], aliyun.buckets.map((bucket) => [
    mono(bucket.name), mono(bucket.accountId), bucket.region, String(bucket.objects), bucket.acl,
    fold('oss ' + bucket.name, bucket.policy ? 'policy and settings' : 'settings', bucket) ]), 'No bucket yet.'))
  fill('aliyun-keys', table(['KMS key', 'state'], aliyun.keys.map((key) => [
    mono(key.arn), mark(key.state === 'Enabled' ? 'pass' : 'fail', key.state) ]), 'No key.'))
}
`

/** Where the script puts it. */
export const ALIYUN_SECTIONS = `<h2>Alibaba Cloud: accounts</h2><div id="aliyun-accounts"></div>
<h2>Alibaba Cloud: roles</h2><div id="aliyun-roles"></div>
<h2>Alibaba Cloud: custom policies</h2><div id="aliyun-policies"></div>
<h2>Alibaba Cloud: identity providers</h2><div id="aliyun-providers"></div>
<h2>Alibaba Cloud: buckets</h2><div id="aliyun-buckets"></div>
<h2>Alibaba Cloud: keys</h2><div id="aliyun-keys"></div>`
