import {
  type CheckPlan,
  type Connection,
  type ConnectionSettings,
  type Location,
  type Platform,
  type Remedy,
  isAccessError,
} from '@sluice/core'
import { failed, passed, skipped } from '../../validation/outcomes.ts'
import { accountOf } from '../account.ts'

/** Settings of S3 that Blob Storage has nothing like: ignoring them would be a promise not kept. */
const FOREIGN: readonly (keyof ConnectionSettings)[] = [
  'region',
  'expectedBucketOwner',
  'requesterPays',
  'encryption',
  'kmsReadKeys',
  'kmsWriteKeys',
  'acl',
]

const TIERS = ['Hot', 'Cool', 'Cold', 'Archive']

/** Everything that can be seen to be wrong without asking anybody. */
export function configurationWellFormed(connection: Connection, locations: readonly Location[], platform: Platform): CheckPlan {
  return {
    name: 'configuration-well-formed',
    needs: [],
    run: () => {
      const problem = problemOf(connection, locations, platform)
      if (problem !== undefined) return Promise.resolve(failed(0, 'configuration.incomplete', problem.message, problem.remedy))
      if (locations.length === 0)
        return Promise.resolve(skipped('The connection has no location and no stage yet: there is nothing to try.'))
      return Promise.resolve(passed(0))
    },
  }
}

interface Problem {
  readonly message: string
  readonly remedy: Remedy
}

function problemOf(connection: Connection, locations: readonly Location[], platform: Platform): Problem | undefined {
  const verify = `sluice connection validate ${connection.name}`
  const update = (flags: string): Pick<Remedy, 'where' | 'command' | 'verify'> => ({
    where: 'the connection',
    command: `sluice connection update ${connection.name} ${flags}`,
    verify,
  })
  return (
    identityProblem(connection, platform, update) ??
    settingsProblem(connection, verify) ??
    (connection.access.length > 0
      ? undefined
      : {
          message: 'The connection has no purpose, so there is nothing to prove.',
          remedy: { who: 'platform', summary: 'Say what it is for.', ...update('--purpose import') },
        }) ??
    locationProblem(connection, locations, verify)
  )
}

function identityProblem(
  { auth }: Connection,
  platform: Platform,
  update: (flags: string) => Pick<Remedy, 'where' | 'command' | 'verify'>,
): Problem | undefined {
  const server = { who: 'platform', ...update(''), where: 'the configuration of this Sluice server' } as const
  const { command: _, ...noCommand } = server
  if (auth.method === 'federation' && platform.issuer === undefined)
    return {
      message: 'This Sluice is no issuer of tokens, so no application can trust it.',
      remedy: { ...noCommand, summary: 'Set the issuer URL of the server (docs/config.md), or use a SAS for this connection.' },
    }
  if (auth.method === 'managed-identity' && platform.azure === undefined)
    return {
      message: 'This Sluice runs as no managed identity of Azure.',
      remedy: { ...noCommand, summary: 'Name the identity of the server (docs/config.md), or use federation for this connection.' },
    }
  const missing = auth.method === 'federation' ? ['tenantId', 'clientId'].filter((name) => auth.fields[name] === undefined) : []
  if (missing.length === 0) return undefined
  return {
    message: `The application is not known yet: ${missing.join(' and ')} missing.`,
    remedy: {
      who: 'cloud-admin',
      summary: 'Apply the setup, and give the two ids that it prints.',
      ...update('--tenant-id TENANT --client-id CLIENT'),
    },
  }
}

function settingsProblem({ settings, name }: Connection, verify: string): Problem | undefined {
  const foreign = FOREIGN.find((setting) => settings[setting] !== undefined && settings[setting] !== false)
  const remedy = (summary: string): Remedy => ({ who: 'platform', where: 'the settings of the connection', summary, verify })
  if (foreign !== undefined)
    return {
      message: `The setting ${foreign} has no meaning for Blob Storage.`,
      remedy: remedy(`Take it out of the settings of ${name}: what it asks for is set at the storage account.`),
    }
  const { storageClass } = settings
  if (storageClass === undefined || TIERS.includes(storageClass)) return undefined
  return {
    message: `${storageClass} is no access tier of Azure.`,
    remedy: remedy(`Set the storage class of ${name} to one of ${TIERS.join(', ')}, or leave it out.`),
  }
}

function locationProblem(connection: Connection, locations: readonly Location[], verify: string): Problem | undefined {
  const outside = locations.find((location) => location.cloud !== connection.cloud)
  if (outside !== undefined)
    return {
      message: `A location is in ${outside.cloud}, the connection in ${connection.cloud}.`,
      remedy: { who: 'platform', where: 'the connection', summary: 'Make a connection for each cloud.', verify },
    }
  for (const location of locations)
    try {
      accountOf(connection, location)
    } catch (error) {
      if (!isAccessError(error)) throw error
      return { message: error.message, remedy: { who: 'platform', where: 'the connection', summary: error.remedy, verify } }
    }
  return undefined
}
