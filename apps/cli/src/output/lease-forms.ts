import type { LeaseView } from '@sluice/api'
import { accessError } from '@sluice/core'

/** Variables for a shell, as the tools of the lease's cloud read them. Values are quoted, so that nothing in them is run. */
export function asVariables(lease: LeaseView): string {
  return Object.entries(variablesOf(lease))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('')
}

/** What a tool takes that runs a program for its credential. */
export function asCredentialProcess(lease: LeaseView): string {
  return `${JSON.stringify(processAnswer(lease))}\n`
}

function variablesOf({ secret, location, expiresAt }: LeaseView): { readonly [name: string]: string } {
  switch (secret.kind) {
    case 'aws':
      return {
        AWS_ACCESS_KEY_ID: secret.accessKeyId,
        AWS_SECRET_ACCESS_KEY: secret.secretAccessKey,
        ...(secret.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: secret.sessionToken }),
        ...(location.region === undefined ? {} : { AWS_REGION: location.region }),
        ...(expiresAt === null ? {} : { AWS_CREDENTIAL_EXPIRATION: expiresAt }),
      }
    case 'bearer':
      return {
        // gcloud: https://cloud.google.com/sdk/docs/authorizing
        CLOUDSDK_AUTH_ACCESS_TOKEN: secret.token,
        // Terraform: https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
        GOOGLE_OAUTH_ACCESS_TOKEN: secret.token,
      }
    case 'sas':
      // https://learn.microsoft.com/en-us/cli/azure/azure-cli-configuration
      return {
        ...(location.account === undefined ? {} : { AZURE_STORAGE_ACCOUNT: location.account }),
        AZURE_STORAGE_SAS_TOKEN: secret.query,
      }
    case 'oss':
      return {
        // The SDKs and the aliyun CLI: https://www.alibabacloud.com/help/en/cli/configure-credentials
        ALIBABA_CLOUD_ACCESS_KEY_ID: secret.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret.accessKeySecret,
        ...(secret.securityToken === undefined ? {} : { ALIBABA_CLOUD_SECURITY_TOKEN: secret.securityToken }),
        // ossutil: https://www.alibabacloud.com/help/en/oss/developer-reference/configure-ossutil2
        OSS_ACCESS_KEY_ID: secret.accessKeyId,
        OSS_ACCESS_KEY_SECRET: secret.accessKeySecret,
        ...(secret.securityToken === undefined ? {} : { OSS_SESSION_TOKEN: secret.securityToken }),
        ...(location.region === undefined ? {} : { OSS_REGION: location.region }),
      }
    case 'anonymous':
  }
  throw noSuchForm('A public bucket needs no credential.')
}

function processAnswer({ secret, expiresAt }: LeaseView): { readonly [name: string]: string | number } {
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
  if (secret.kind === 'aws')
    return {
      Version: 1,
      AccessKeyId: secret.accessKeyId,
      SecretAccessKey: secret.secretAccessKey,
      ...(secret.sessionToken === undefined ? {} : { SessionToken: secret.sessionToken }),
      ...(expiresAt === null ? {} : { Expiration: expiresAt }),
    }
  // `aliyun configure --mode External`: https://www.alibabacloud.com/help/en/cli/other-credentials-oidc-cloudsso-external-credentialsuri-bearertoken
  if (secret.kind === 'oss')
    return {
      mode: secret.securityToken === undefined ? 'AK' : 'StsToken',
      access_key_id: secret.accessKeyId,
      access_key_secret: secret.accessKeySecret,
      ...(secret.securityToken === undefined ? {} : { sts_token: secret.securityToken }),
    }
  throw noSuchForm('The tools of AWS and Alibaba Cloud run a program for their credential; those of this cloud do not.')
}

function noSuchForm(message: string): Error {
  return accessError('cli.usage', { message, remedy: 'Use --format json, or --format env where there is a credential.' })
}
