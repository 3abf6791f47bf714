import type { Settings } from './settings.ts'

/** How our own AWS identity gets its credentials. */
export interface AwsIdentity {
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  readonly container?: { readonly url: string; readonly token?: string; readonly tokenFile?: string }
  readonly instance: boolean
}

/** How our own identity in Google Cloud gets its tokens. */
export interface GcpIdentity {
  /** The key of a service account. */
  readonly keyFile?: string
  /** Whether the metadata service of the machine is asked otherwise. */
  readonly machine: boolean
}

/** How our managed identity in Azure gets its tokens; from the metadata service of the machine where nothing is named. */
export interface AzureIdentity {
  /** A file with a token that Entra takes in exchange. */
  readonly tokenFile?: string
  /** The endpoint of App Service, and what it wants to be shown. */
  readonly service?: { readonly url: string; readonly header: string }
}

/** How our own identity in Alibaba Cloud gets its credentials. */
export interface AliyunIdentity {
  readonly keys?: { readonly accessKeyId: string; readonly accessKeySecret: string; readonly securityToken?: string }
  /** A role that trusts the token in a file. */
  readonly oidc?: { readonly roleArn: string; readonly providerArn: string; readonly tokenFile: string; readonly sessionName: string }
  /** Region whose STS takes that token. */
  readonly stsRegion: string
  /** The metadata service of an ECS instance, and the role it carries where that is named. */
  readonly machine?: { readonly role?: string }
}

export function awsIdentityOf(settings: Settings): AwsIdentity {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = settings
  const relative = settings.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  const url = relative === undefined ? settings.AWS_CONTAINER_CREDENTIALS_FULL_URI : `http://169.254.170.2${relative}`
  const token = settings.AWS_CONTAINER_AUTHORIZATION_TOKEN
  const tokenFile = settings.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  return {
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { keys: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
    ...(url === undefined
      ? {}
      : { container: { url, ...(token === undefined ? {} : { token }), ...(tokenFile === undefined ? {} : { tokenFile }) } }),
    instance: !settings.AWS_EC2_METADATA_DISABLED,
  }
}

/** From the variables that Google's own libraries read. https://cloud.google.com/docs/authentication/application-default-credentials */
export function gcpIdentityOf({ GOOGLE_APPLICATION_CREDENTIALS: keyFile, NO_GCE_CHECK: noMachine }: Settings): GcpIdentity {
  return { ...(keyFile === undefined ? {} : { keyFile }), machine: !noMachine }
}

/** From the variables that Azure sets and its own libraries read. https://learn.microsoft.com/azure/app-service/overview-managed-identity */
export function azureIdentityOf(settings: Settings): AzureIdentity {
  const { AZURE_FEDERATED_TOKEN_FILE: tokenFile, IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header } = settings
  return {
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(url === undefined || header === undefined ? {} : { service: { url, header } }),
  }
}

/** From the variables that Alibaba Cloud's own tools read. https://help.aliyun.com/en/sdk/developer-reference/v2-manage-node-js-access-credentials */
export function aliyunIdentityOf(settings: Settings): AliyunIdentity {
  const {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
    ALIBABA_CLOUD_ROLE_ARN: roleArn,
    ALIBABA_CLOUD_OIDC_PROVIDER_ARN: providerArn,
    ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
    ALIBABA_CLOUD_ECS_METADATA: role,
  } = settings
  return {
    ...(accessKeyId === undefined || accessKeySecret === undefined
      ? {}
      : { keys: { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) } }),
    ...(roleArn === undefined || providerArn === undefined || tokenFile === undefined
      ? {}
      : { oidc: { roleArn, providerArn, tokenFile, sessionName: settings.ALIBABA_CLOUD_ROLE_SESSION_NAME } }),
    stsRegion: settings.SLUICE_ALIYUN_STS_REGION,
    ...(settings.ALIBABA_CLOUD_ECS_METADATA_DISABLED ? {} : { machine: role === undefined ? {} : { role } }),
  }
}

/** Variables of which each needs the others. */
const TOGETHER: readonly (readonly (keyof Settings)[])[] = [
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ['SLUICE_AZURE_CLIENT_ID', 'SLUICE_AZURE_OBJECT_ID', 'SLUICE_AZURE_TENANT_ID'],
  ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'],
  ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
  ['ALIBABA_CLOUD_ROLE_ARN', 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN', 'ALIBABA_CLOUD_OIDC_TOKEN_FILE'],
]

/** Variables that are missing beside the ones they belong to, with what is wrong. */
export function missingPartners(settings: Settings): readonly (readonly [name: string, message: string])[] {
  return TOGETHER.flatMap((names) => {
    const given = names.find((name) => settings[name] !== undefined)
    return given === undefined
      ? []
      : names.filter((name) => settings[name] === undefined).map((name) => [name, `goes together with ${given}`] as const)
  })
}
