import type { Connection, Platform, Remedy, Setup } from '@sluice/core'

/** The remedies of the trust checks. */
export interface TrustRemedies {
  identity(): Remedy
  keys(): Remedy
  missing(): Remedy
  refused(): Remedy
  ourPolicy(): Remedy
  openWithoutId(): Remedy
  openWithAnyId(): Remedy
}

/** `setup` is absent where none can be written, for example while the account is unknown: snippets are then left out. */
export function trustRemedies(connection: Connection, platform: Platform, setup: Setup | undefined): TrustRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const { roleArn = 'the role' } = connection.auth.fields
  const roleName = lastPart(roleArn)
  const principal = platform.aliyun?.principalArn ?? 'our principal'
  const policy = setup?.artifacts.find((artifact) => artifact.id === 'trust-policy')?.text
  const where = `RAM console > Identities > Roles > ${roleName} > Trust Policy > Edit Trust Policy`
  const apply = {
    ...(policy === undefined ? {} : { snippet: policy }),
    command: `aliyun ram UpdateRole --RoleName ${roleName} --NewAssumeRolePolicyDocument "$(cat trust-policy.json)"`,
  }
  const admin = { who: 'cloud-admin', where, verify } as const
  const restore = 'Put the former trust policy back; RAM keeps no history, so copy it first.'

  return {
    identity: () => ({
      who: 'platform',
      where: 'the configuration of this Sluice server',
      summary: `Give the server valid credentials of ${principal}: sluice server doctor shows which it has.`,
      verify,
    }),
    keys: () => ({
      who: 'cloud-admin',
      where: 'RAM console > Identities > Users > the user > Authentication > AccessKey',
      summary: 'Create a new AccessKey and store it with sluice connection update; check that nothing was cut off when it was pasted.',
      command: 'aliyun ram CreateAccessKey --UserName USER',
      risk: 'Whatever else uses the old AccessKey goes on using it until it is deleted.',
      undo: 'Delete the new AccessKey.',
      verify,
    }),
    missing: () => ({
      who: 'cloud-admin',
      where: 'RAM console > Identities > Roles',
      summary: `Apply the setup (sluice connection setup ${connection.name}): it creates the role ${roleName}. If the role has another name, give its ARN.`,
      command: `sluice connection update ${connection.name} --role-arn ARN`,
      verify,
    }),
    refused: () => ({
      ...admin,
      summary:
        `Compare two things, letter by letter: that the trust policy of ${roleArn} names our principal ${principal}, ` +
        'and that sts:ExternalId is the id shown by sluice connection setup. Replacing the trust policy by the one below repairs both.',
      ...apply,
      risk: 'Whoever else may assume this role through the present trust policy no longer can, unless their statement is kept.',
      undo: restore,
    }),
    ourPolicy: () => ({
      who: 'platform',
      where: `RAM console of our own account > Identities > ${principal}`,
      summary: `Attach the system policy AliyunSTSAssumeRoleAccess to ${principal}, or a policy that allows sts:AssumeRole on the roles of customers.`,
      snippet: JSON.stringify(
        { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'acs:ram::*:role/*' }] },
        null,
        2,
      ),
      risk: 'Our identity may then assume every role that trusts it, which is what it is for.',
      undo: 'Detach the policy.',
      verify,
    }),
    openWithoutId: () => ({
      ...admin,
      summary:
        'Add the condition StringEquals sts:ExternalId with the id shown by sluice connection setup to the statement that trusts us, and to every other statement that does.',
      ...apply,
      risk: 'Whoever else assumes this role through the same statement needs the id too.',
      undo: 'Remove the condition again.',
    }),
    openWithAnyId: () => ({
      ...admin,
      summary:
        'Compare sts:ExternalId with StringEquals and the exact id shown by sluice connection setup. StringLike with a wildcard and negated operators accept ids that nobody was given.',
      ...apply,
      risk: 'Whoever else assumes this role with another id no longer can.',
      undo: 'Put the former condition back.',
    }),
  }
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
