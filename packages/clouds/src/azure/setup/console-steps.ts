import type { SetupStep } from '@sluice/core'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import { ACCOUNTS_LINK, REGISTRATIONS_LINK } from './console-links.ts'
import { conditionsOf } from './documents.ts'
import { DELEGATOR, type ContainerPlan, type SetupPlan } from './plan.ts'
import type { SasPlan } from './sas-plan.ts'
import { numbered } from '../../setup/artifacts.ts'

/** The same by hand, in the order in which each thing is there when the next one needs it. */
export function consoleSteps(plan: SetupPlan): readonly SetupStep[] {
  if (plan.sas !== undefined) return [sasStep(plan.sas)]
  if (plan.role === undefined) return [keyStep(plan)]
  return [...trustSteps(plan), ...roleSteps(plan), ...grantSteps(plan)]
}

function trustSteps({ federation }: SetupPlan): readonly SetupStep[] {
  if (federation === undefined) return []
  const { applicationName, clientId, issuerUrl, subject, credentialName } = federation
  return [
    ...(clientId === undefined
      ? [
          {
            title: 'Register the application',
            where: 'Microsoft Entra ID > App registrations > New registration',
            body: `Name: ${applicationName}. Supported account types: Accounts in this organizational directory only. No redirect URI. Note the Application (client) ID and the Directory (tenant) ID of its Overview.`,
            link: REGISTRATIONS_LINK,
          },
        ]
      : []),
    {
      title: 'Let our tokens in',
      where: `App registrations > ${clientId ?? applicationName} > Certificates & secrets > Federated credentials > Add credential`,
      body: `Federated credential scenario: Other issuer. Issuer: ${issuerUrl}. Type: Explicit subject identifier. Value: ${subject}. Name: ${credentialName}. Audience: ${EXCHANGE_AUDIENCE}. Entra compares all of it letter by letter.`,
      artifact: 'federated-credential',
      link: REGISTRATIONS_LINK,
    },
  ]
}

function roleSteps({ role, resourceGroup }: SetupPlan): readonly SetupStep[] {
  if (role?.isCustom !== true) return []
  return [
    {
      title: 'Create the custom role',
      where: `Resource groups > ${resourceGroup ?? 'that of the storage account'} > Access control (IAM) > Add > Add custom role`,
      body: `Baseline permissions: Start from JSON, and give the file with SUBSCRIPTION_ID and RESOURCE_GROUP replaced where they stand in it. Its data actions are ${role.dataActions.join(', ')}; it has no other.`,
      artifact: 'custom-role',
    },
  ]
}

function grantSteps(plan: SetupPlan): readonly SetupStep[] {
  const conditions = conditionsOf(plan)
  const member = memberOf(plan)
  return [
    ...plan.accounts.map((account) => ({
      title: `Let leases of ${account} be signed`,
      where: `Storage accounts > ${account} > Access control (IAM) > Add role assignment`,
      body: `Role: ${DELEGATOR}. ${member} It gives no access to data.`,
      link: ACCOUNTS_LINK,
    })),
    ...plan.containers.map((part) => {
      const index = conditions.findIndex((one) => one.account === part.account && one.container === part.container)
      return {
        title: `Give the role on the container ${part.container}`,
        where: `Storage accounts > ${part.account} > Containers > ${part.container} > Access control (IAM) > Add role assignment`,
        body: `Role: ${plan.role?.name ?? ''}. ${member}${conditionWords(part)}`,
        ...(index < 0 ? {} : { artifact: numbered('condition', index, conditions) }),
        link: ACCOUNTS_LINK,
      }
    }),
  ]
}

function conditionWords({ condition }: ContainerPlan): string {
  if (condition === undefined) return ''
  return ' Conditions: Add condition, editor type Code, and paste the condition: it limits the role to what the connection is for.'
}

function memberOf({ federation, ourIdentity }: SetupPlan): string {
  if (federation !== undefined)
    return `Members: User, group, or service principal, then select ${federation.clientId ?? federation.applicationName}.`
  return `Members: User, group, or service principal, then select the one whose object id is ${ourIdentity?.objectId ?? ''}.`
}

const WORDS: readonly (readonly [letter: string, word: string])[] = [
  ['r', 'Read'],
  ['w', 'Write'],
  ['d', 'Delete'],
  ['l', 'List'],
]

function sasStep({ target, account, letters, expiresAt }: SasPlan): SetupStep {
  const permissions = WORDS.flatMap(([letter, word]) => (letters.includes(letter) ? [word] : [])).join(', ')
  const common = `Permissions: ${permissions}, and no other. Expiry: ${expiresAt ?? 'within 90 days'}. Allowed protocols: HTTPS only. Then Generate, and copy the SAS token.`
  if (target.kind === 'account')
    return {
      title: 'Generate the SAS',
      where: `Storage accounts > ${account} > Security + networking > Shared access signature`,
      body: `Allowed services: Blob. Allowed resource types: ${target.resourceTypes.includes('c') ? 'Container' : ''}${target.resourceTypes === 'co' ? ' and ' : ''}${target.resourceTypes.includes('o') ? 'Object' : ''}. ${common}`,
      link: ACCOUNTS_LINK,
    }
  return {
    title: 'Generate the SAS',
    where:
      target.kind === 'blob'
        ? `Storage accounts > ${account} > Containers > ${target.container} > ${target.name} > Generate SAS`
        : `Storage accounts > ${account} > Containers > ${target.container} > Shared access tokens`,
    body: `Signing method: Account key. ${common}`,
    link: ACCOUNTS_LINK,
  }
}

function keyStep({ accounts }: SetupPlan): SetupStep {
  return {
    title: 'Copy a key',
    where: `Storage accounts > ${accounts.join(' and ')} > Security + networking > Access keys`,
    body: 'Show key1, and copy the key. Give it to Sluice at once: it can do everything in the storage account.',
    link: ACCOUNTS_LINK,
  }
}
