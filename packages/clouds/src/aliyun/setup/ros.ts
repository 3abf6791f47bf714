import type { Json, JsonObject } from '@sluice/core'
import { type Node, type Slot, text } from '../../setup/text.ts'
import type { SetupDocuments } from './documents.ts'
import { ossTargets } from './oss-permissions.ts'
import type { SetupPlan } from './plan.ts'
import { descriptionOf, resourceSlots } from './resource-slots.ts'
import { parameterDeclarations, parametersOf, rosJson } from './ros-text.ts'
import { issuerSlots, PROVIDER_DESCRIPTION } from './trust-policy.ts'

/** The ROS template: every value a parameter whose default is this connection's, the role's ARN as output. */
export function rosTemplate(plan: SetupPlan, documents: SetupDocuments): string {
  const resources = resourcesOf(plan, documents)
  const slots = parametersOf(resources)
  const parameters = { ...parameterDeclarations(slots), ...providerParameters(plan) }
  const isRole = plan.holder.kind === 'role'
  const template: JsonObject = {
    ROSTemplateFormatVersion: '2015-09-01',
    Description: 'Access of a Sluice connection to OSS.',
    Metadata: { 'ALIYUN::ROS::Interface': { ParameterGroups: parameterGroups(Object.keys(parameters)) } },
    Parameters: parameters,
    ...(createsProvider(plan) ? { Conditions: { CreatesOidcProvider: { 'Fn::Equals': [{ Ref: CREATE_PROVIDER }, 'true'] } } } : {}),
    Resources: Object.fromEntries(
      Object.entries(resources).map(([name, node]) => [
        name,
        rosJson(node, name === 'Role' && createsProvider(plan) ? AFTER_PROVIDER : {}),
      ]),
    ),
    Outputs: isRole
      ? { RoleArn: { Description: 'ARN of the role', Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } }
      : { UserName: { Description: 'Name of the user', Value: { 'Fn::GetAtt': ['User', 'UserName'] } } },
  }
  // Not escaped to ASCII: ROS reads templates as YAML, which knows no surrogate pairs.
  return `${JSON.stringify(template, null, 2)}\n`
}

const CREATE_PROVIDER = 'CreateOidcProvider'
const FINGERPRINTS = 'IssuerFingerprints'

/** The provider's name, in a form that has the role wait for the provider where the template makes it. */
const AFTER_PROVIDER: JsonObject = {
  OidcProviderName: {
    'Fn::If': ['CreatesOidcProvider', { 'Fn::GetAtt': ['OidcProvider', 'OIDCProviderName'] }, { Ref: 'OidcProviderName' }],
  },
}

function createsProvider({ holder }: SetupPlan): boolean {
  return holder.kind === 'role' && holder.trusted.kind === 'issuer'
}

/** What only the admin can say: whether the account has the provider already, and whose certificate authority to trust. */
function providerParameters(plan: SetupPlan): JsonObject {
  if (!createsProvider(plan)) return {}
  return {
    [CREATE_PROVIDER]: {
      Type: 'String',
      Default: 'true',
      AllowedValues: ['true', 'false'],
      Description: 'false if another connection of this Sluice has registered the identity provider already',
    },
    [FINGERPRINTS]: {
      Type: 'CommaDelimitedList',
      Description: 'Fingerprint (SHA-1) of the certificate authority of the issuer: the RAM console shows it, and so does setup.sh',
    },
  }
}

function resourcesOf(plan: SetupPlan, documents: SetupDocuments): { readonly [name: string]: Node } {
  const slots = resourceSlots(plan)
  const { holder } = plan
  return {
    ...(documents.trust === undefined
      ? { User: { Type: 'ALIYUN::RAM::User', Properties: { UserName: text`${slots.holderName}`, Comments: descriptionOf(plan) } } }
      : {
          Role: {
            Type: 'ALIYUN::RAM::Role',
            Properties: {
              RoleName: text`${slots.holderName}`,
              Description: descriptionOf(plan),
              MaxSessionDuration: 3600,
              AssumeRolePolicyDocument: documents.trust.node,
            },
          },
        }),
    Policy: {
      Type: 'ALIYUN::RAM::ManagedPolicy',
      Properties: {
        PolicyName: text`${slots.policyName}`,
        Description: descriptionOf(plan),
        PolicyDocument: documents.permission.node,
        ...(holder.kind === 'role'
          ? { Roles: [{ 'Fn::GetAtt': ['Role', 'RoleName'] }] }
          : { Users: [{ 'Fn::GetAtt': ['User', 'UserName'] }] }),
      },
    },
    ...(holder.kind === 'role' && holder.trusted.kind === 'issuer' ? { OidcProvider: providerResource(issuerSlots(holder.trusted)) } : {}),
    ...(plan.createBucket ? { DataBucket: bucketResource(plan, plan.createBucket) } : {}),
  }
}

function providerResource({ provider, issuerUrl, audience }: ReturnType<typeof issuerSlots>): Node {
  return {
    Type: 'ALIYUN::RAM::OIDCProvider',
    Condition: 'CreatesOidcProvider',
    // Other connections of this Sluice use it too.
    DeletionPolicy: 'Retain',
    Properties: {
      OIDCProviderName: text`${provider}`,
      IssuerUrl: text`${issuerUrl}`,
      ClientIds: [text`${audience}`],
      Fingerprints: { Ref: FINGERPRINTS },
      Description: PROVIDER_DESCRIPTION,
    },
  }
}

function bucketResource(plan: SetupPlan, bucket: NonNullable<SetupPlan['createBucket']>): Node {
  const [target] = ossTargets(plan.locations)
  const key: Slot = {
    slot: true,
    name: 'BucketKmsKeyId',
    value: bucket.kmsKeyArn?.split('/')[1] ?? '',
    description: 'Id of the KMS key that encrypts the bucket by default',
  }
  return {
    Type: 'ALIYUN::OSS::Bucket',
    // Deleting the stack takes our access away, never the customer's data.
    DeletionPolicy: 'Retain',
    Properties: {
      BucketName: target ? text`${target.bucket}` : bucket.name,
      AccessControl: 'private',
      ServerSideEncryptionConfiguration:
        bucket.kmsKeyArn === undefined ? { SSEAlgorithm: 'AES256' } : { SSEAlgorithm: 'KMS', KMSMasterKeyID: text`${key}` },
    },
  }
}

/** Without groups the console lists parameters as they come, the external id between bucket and prefix. */
function parameterGroups(names: readonly string[]): Json {
  return [
    { label: 'Given by Sluice: keep as they are', members: names.filter(isGiven) },
    { label: 'What Sluice may touch', members: names.filter((name) => !isGiven(name) && !isChosen(name)) },
    { label: 'Yours to choose', members: names.filter(isChosen) },
  ]
    .filter(({ members }) => members.length > 0)
    .map(({ label, members }) => ({ Label: { default: label }, Parameters: members }))
}

function isGiven(name: string): boolean {
  return ['ExternalId', 'PlatformPrincipalArn', 'IssuerUrl', 'Audience', 'Subject'].includes(name)
}

function isChosen(name: string): boolean {
  return /^(?:Role|User|Policy|Oidc|CreateOidc|IssuerFingerprints)/.test(name)
}

/** A stack's name holds letters, digits, hyphens and underscores, and begins with a letter. */
export function stackName({ policyName }: SetupPlan): string {
  return policyName.replace(/^[^A-Za-z]+/, '') || 'sluice'
}
