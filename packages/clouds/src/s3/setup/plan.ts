import { type Access, accessError, type Connection, type Location, type SetupOptions } from '@sluice/core'
import { outermost } from '../../setup/locations.ts'
import { defaultPolicyName, defaultUserName } from '../../setup/names.ts'
import { presetOf } from '../preset-of.ts'
import type { S3Preset } from '../presets.ts'

/** What the documents for an S3-compatible store are written from. */
export interface S3SetupPlan {
  readonly connection: Connection
  readonly userName: string
  readonly policyName: string
  readonly access: readonly Access[]
  readonly locations: readonly Location[]
  readonly setsAcl: boolean
  readonly preset: S3Preset
  readonly writes: boolean
  readonly warnings: readonly string[]
}

const APPLICABLE = new Set<string>(['userName', 'policyName'] satisfies (keyof SetupOptions)[])

export function planS3Setup(connection: Connection, options: SetupOptions): S3SetupPlan {
  if (connection.auth.method === 'role')
    throw accessError('setup.no_platform_identity', { message: 'S3-compatible stores have no roles that could trust Sluice.' })
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !APPLICABLE.has(name))
      throw accessError('setup.option_conflict', { message: `The option ${name} is for AWS; an S3-compatible store has no such thing.` })
  const locations = outermost(connection)
  for (const { prefix } of locations)
    if (/[*?]|\$\{/.test(prefix))
      throw accessError('setup.location_malformed', {
        message: `The location ${prefix.slice(0, 200)} has a character that policies take for a wildcard, and not every store lets it be escaped.`,
      })
  const { settings } = connection
  const preset = presetOf(settings)
  const keys = [...(settings.kmsReadKeys ?? []), ...(settings.kmsWriteKeys ?? [])]
  return {
    connection,
    userName: plainName(options.userName ?? defaultUserName(connection.name), 'userName'),
    policyName: plainName(options.policyName ?? defaultPolicyName(connection.name), 'policyName'),
    access: connection.access,
    locations,
    setsAcl: settings.acl !== undefined,
    preset,
    writes: connection.access.some((one) => one === 'write' || one === 'delete'),
    warnings: [
      'Stores differ in what they enforce: validation shows whether this one refuses what lies outside.',
      ...(keys.length > 0 ? ['Encryption keys are left out: outside AWS the store itself decides who may use them.'] : []),
      ...(settings.acl === undefined
        ? []
        : ['Not every store knows s3:PutObjectAcl; if it refuses the policy, leave the ACL out of the settings.']),
    ],
  }
}

/** User and policy names that no store, shell or ARN takes for anything else. */
function plainName(name: string, option: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{2,63}$/.test(name))
    throw accessError('setup.option_malformed', {
      message: `${option} takes 3 to 64 letters, digits and _ . -, beginning with a letter or digit.`,
    })
  return name
}
