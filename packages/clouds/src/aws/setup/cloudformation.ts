import type { Json, JsonObject } from '@sluice/core'
import { s3Targets } from '../../setup/s3-permissions.ts'
import { type Node, type Slot, text } from '../../setup/text.ts'
import { cloudFormationJson, parameterDeclarations, parametersOf } from './cloudformation-text.ts'
import type { SetupDocuments } from './documents.ts'
import { ISSUER_TAG, type IssuerTrust, providerArnText, providerSlots } from './oidc-provider.ts'
import { partitionSlot } from './permission-policy.ts'
import { issuerOf, type SetupPlan } from './plan.ts'
import { resourceSlots } from './resource-slots.ts'
import { trustPolicy } from './trust-policy.ts'

/** The capability a stack that names IAM objects asks the admin to acknowledge. */
export const CAPABILITY = 'CAPABILITY_NAMED_IAM'

/** The resource of the provider, and the parameter that says whether the stack makes it. */
const PROVIDER = 'IdentityProvider'
export const PROVIDER_SWITCH = 'MakeIdentityProvider'

/** The CloudFormation template: every value a parameter whose default is this connection's, the role's ARN as output. */
export function cloudFormation(plan: SetupPlan, documents: SetupDocuments): string {
  const resources = resourcesOf(plan, documents)
  const parameters = parametersOf(resources)
  const holder = plan.holder.kind === 'role' ? 'Role' : 'User'
  const trusts = issuerOf(plan)
  const template: JsonObject = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Access of a Sluice connection to S3. Needs ${CAPABILITY}.`,
    Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: parameterGroups(parameters, trusts !== undefined) } },
    Parameters: { ...parameterDeclarations(parameters), ...(trusts === undefined ? {} : switchDeclaration(trusts)) },
    Conditions: {
      HasPermissionsBoundary: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'PermissionsBoundaryArn' }, ''] }] },
      ...(trusts === undefined ? {} : { MakesProvider: { 'Fn::Equals': [{ Ref: PROVIDER_SWITCH }, 'yes'] } }),
    },
    Resources: cloudFormationJson(resources, parameters),
    Outputs: {
      [`${holder}Arn`]: { Description: `ARN of the ${plan.holder.kind}`, Value: { 'Fn::GetAtt': [holder, 'Arn'] } },
    },
  }
  // Not escaped to ASCII: CloudFormation's tools read templates as YAML, which knows no surrogate pairs.
  return `${JSON.stringify(template, null, 2)}\n`
}

function resourcesOf(plan: SetupPlan, documents: SetupDocuments): { readonly [name: string]: Node } {
  const slots = resourceSlots(plan)
  const managed = documents.permission.kind === 'managed'
  const trusts = issuerOf(plan)
  const common = {
    PermissionsBoundary: {
      'Fn::If': ['HasPermissionsBoundary', text`${slots.permissionsBoundary}`, { Ref: 'AWS::NoValue' }],
    },
    Tags: slots.tags.map(({ key, value }) => ({ Key: text`${key}`, Value: text`${value}` })),
    ...(managed
      ? { ManagedPolicyArns: [{ Ref: 'Policy' }] }
      : { Policies: [{ PolicyName: text`${slots.policyName}`, PolicyDocument: documents.permission.node }] }),
  }
  return {
    ...(trusts === undefined ? {} : { [PROVIDER]: providerResource(trusts) }),
    ...(documents.trust
      ? {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: text`${slots.holderName}`,
              Path: text`${slots.path}`,
              Description: 'Lets Sluice use the locations of one connection',
              MaxSessionDuration: 3600,
              AssumeRolePolicyDocument:
                trusts === undefined ? documents.trust.node : trustPolicy(plan, trusts, providerReference(plan, trusts)),
              ...common,
            },
          },
        }
      : {
          User: { Type: 'AWS::IAM::User', Properties: { UserName: text`${slots.holderName}`, Path: text`${slots.path}`, ...common } },
        }),
    ...(managed
      ? {
          Policy: {
            Type: 'AWS::IAM::ManagedPolicy',
            Properties: {
              ManagedPolicyName: text`${slots.policyName}`,
              Description: 'What Sluice may do in the locations of one connection',
              PolicyDocument: documents.permission.node,
            },
          },
        }
      : {}),
    ...(plan.createBucket ? { DataBucket: bucketResource(plan, plan.createBucket) } : {}),
  }
}

/** An account has one provider for an issuer: another stack may have made it, and others may use it when this one goes. */
function providerResource(trusts: IssuerTrust): Node {
  const { audience } = providerSlots(trusts)
  return {
    Type: 'AWS::IAM::OIDCProvider',
    Condition: 'MakesProvider',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Url: trusts.url,
      ClientIdList: [text`${audience}`],
      Tags: [{ Key: ISSUER_TAG, Value: trusts.path }],
    },
  }
}

/** The provider as the role names it: where the stack makes it, by a reference that has it made first. */
function providerReference(plan: SetupPlan, trusts: IssuerTrust): Node {
  return { 'Fn::If': ['MakesProvider', { Ref: PROVIDER }, providerArnText(trusts, partitionSlot(plan))] }
}

function switchDeclaration(trusts: IssuerTrust): JsonObject {
  return {
    [PROVIDER_SWITCH]: {
      Type: 'String',
      Default: 'yes',
      AllowedValues: ['yes', 'no'],
      Description: `no if IAM > Identity providers has ${trusts.path} already`,
    },
  }
}

function bucketResource(plan: SetupPlan, bucket: NonNullable<SetupPlan['createBucket']>): Node {
  const [target] = s3Targets(plan.locations)
  const key: Slot = {
    slot: true,
    name: 'BucketKmsKeyArn',
    value: bucket.kmsKeyArn ?? '',
    description: 'ARN of the KMS key that encrypts the bucket by default',
  }
  const encryption: Node =
    bucket.kmsKeyArn === undefined
      ? { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
      : { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: text`${key}` }, BucketKeyEnabled: true }
  return {
    Type: 'AWS::S3::Bucket',
    // Deleting the stack takes our access away, never the customer's data.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: target ? text`${target.bucket}` : bucket.name,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: { ServerSideEncryptionConfiguration: [encryption] },
    },
  }
}

/** Without groups the console lists parameters by name, external id between bucket and prefix. */
function parameterGroups(parameters: readonly Slot[], hasProvider: boolean): Json {
  const names = [...parameters.map((slot) => slot.name), ...(hasProvider ? [PROVIDER_SWITCH] : [])]
  return [
    { label: 'Given by Sluice: keep as they are', members: names.filter(isGiven) },
    { label: 'What Sluice may touch', members: names.filter((name) => !isGiven(name) && !isChosen(name)) },
    { label: 'Names and tags: yours to choose', members: names.filter(isChosen) },
  ]
    .filter(({ members }) => members.length > 0)
    .map(({ label, members }) => ({ Label: { default: label }, Parameters: members }))
}

function isGiven(name: string): boolean {
  return /^(?:ExternalId$|Platform|Token)/.test(name)
}

function isChosen(name: string): boolean {
  return name === PROVIDER_SWITCH || /^(?:Role|User|Policy|PermissionsBoundary|Tag)/.test(name)
}

/** A stack's name holds letters, digits and hyphens only. */
export function stackName(plan: SetupPlan): string {
  return (
    plan.policyName
      .replaceAll(/[^A-Za-z0-9-]/g, '-')
      .replace(/^[^A-Za-z]+/, '')
      .slice(0, 128) || 'sluice'
  )
}
