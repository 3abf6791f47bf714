import type { Connection, Platform, Remedy, Setup } from '@sluice/core'

/** The remedies of the trust checks. */
export interface TrustRemedies {
  identity(): Remedy
  keys(): Remedy
  refused(): Remedy
  openWithoutId(): Remedy
  openWithAnyId(): Remedy
}

/** `setup` is absent where none can be written, for example while the account is unknown: snippets are then left out. */
export function trustRemedies(connection: Connection, platform: Platform, setup: Setup | undefined): TrustRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const roleArn = connection.auth.fields['roleArn'] ?? 'the role'
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  const principal = platform.aws?.principalArn ?? 'our principal'
  const policy = setup?.artifacts.find((artifact) => artifact.id === 'trust-policy')?.text
  const where = `IAM console > Roles > ${roleName} > Trust relationships > Edit trust policy`
  const apply = {
    ...(policy === undefined ? {} : { snippet: policy }),
    command: `aws iam update-assume-role-policy --role-name ${roleName} --policy-document file://trust-policy.json`,
  }
  return {
    identity: () => ({
      who: 'platform',
      where: 'the configuration of this Sluice server',
      summary: `Give the server valid credentials of ${principal}: sluice server doctor shows which it has.`,
      verify,
    }),
    keys: () => ({
      who: 'cloud-admin',
      where: 'IAM console > Users > Security credentials',
      summary: 'Create a new access key and store it with sluice connection update; check that nothing was cut off when it was pasted.',
      risk: 'Whatever else uses the old key goes on using it until it is deleted.',
      undo: 'Delete the new access key.',
      verify,
    }),
    refused: () => ({
      who: 'cloud-admin',
      where,
      summary:
        `Compare three things, letter by letter: that the role ${roleArn} exists, that its trust policy names our principal ${principal}, ` +
        'and that sts:ExternalId is the id shown by sluice connection setup. Replacing the trust policy by the one below repairs the last two.',
      ...apply,
      risk: 'Whoever else may assume this role through the present trust policy no longer can, unless their statement is kept.',
      undo: 'Put the former trust policy back; IAM keeps no history, so copy it first.',
      verify,
    }),
    openWithoutId: () => ({
      who: 'cloud-admin',
      where,
      summary:
        'Add the condition StringEquals sts:ExternalId with the id shown by sluice connection setup to the statement that trusts us, and to every other statement that does.',
      ...apply,
      risk: 'Whoever else assumes this role through the same statement needs the id too.',
      undo: 'Remove the condition again.',
      verify,
    }),
    openWithAnyId: () => ({
      who: 'cloud-admin',
      where,
      summary:
        'Compare sts:ExternalId with StringEquals and the exact id shown by sluice connection setup. StringLike with a wildcard, …IfExists, ForAllValues and a Null condition accept ids that nobody was given.',
      ...apply,
      risk: 'Whoever else assumes this role with another id no longer can.',
      undo: 'Put the former condition back.',
      verify,
    }),
  }
}
