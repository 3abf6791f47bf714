import type { LeaseView } from '@sluice/api'
import { accessError, ACCESSES } from '@sluice/core'
import { argument, type Command } from '../invocation.ts'

/** `sluice lease create CONNECTION` */
export const createLease: Command = async (invocation) => {
  const { options, terminal } = invocation
  const chosen = new Set(options.list('access'))
  const access = ACCESSES.filter((one) => (chosen.size === 0 ? one === 'list' || one === 'read' : chosen.has(one)))
  const location = options.text('location')
  const minimumSeconds = options.number('minimumSeconds')
  const client = await invocation.client()
  const lease = await client.leases.create(
    {
      connection: argument(invocation, 0),
      access,
      ...(location === undefined ? {} : { location }),
      ...(minimumSeconds === undefined ? {} : { minimumSeconds }),
    },
    terminal.signal,
  )
  const format = options.text('format') ?? (invocation.json ? 'json' : 'env')
  // Whatever the form, the lease itself is the answer and the only thing on standard output.
  terminal.stdout.write(
    format === 'json' ? `${JSON.stringify(lease)}\n` : format === 'env' ? asVariables(lease) : asCredentialProcess(lease),
  )
  return 0
}

function awsSecret(lease: LeaseView) {
  if (lease.secret.kind === 'aws') return lease.secret
  throw accessError('cli.usage', {
    message: lease.secret.kind === 'anonymous' ? 'A public bucket needs no credential.' : `A ${lease.secret.kind} lease has no such form.`,
    remedy: 'Use --format json.',
  })
}

/** Variables for a shell. Values are quoted, so that nothing in them is run. */
function asVariables(lease: LeaseView): string {
  const secret = awsSecret(lease)
  const region = lease.location.region
  const variables = {
    AWS_ACCESS_KEY_ID: secret.accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret.secretAccessKey,
    ...(secret.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: secret.sessionToken }),
    ...(region === undefined ? {} : { AWS_REGION: region }),
    ...(lease.expiresAt === null ? {} : { AWS_CREDENTIAL_EXPIRATION: lease.expiresAt }),
  }
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('')
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
function asCredentialProcess(lease: LeaseView): string {
  const secret = awsSecret(lease)
  return `${JSON.stringify({
    Version: 1,
    AccessKeyId: secret.accessKeyId,
    SecretAccessKey: secret.secretAccessKey,
    ...(secret.sessionToken === undefined ? {} : { SessionToken: secret.sessionToken }),
    ...(lease.expiresAt === null ? {} : { Expiration: lease.expiresAt }),
  })}\n`
}
