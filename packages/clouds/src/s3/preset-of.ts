import { type ConnectionSettings, accessError } from '@sluice/core'
import { ANY_STORE, S3_PRESETS, type S3Preset } from './presets.ts'

/** What is known of a connection's store: by the name given, else by the host of its endpoint, else nothing. */
export function presetOf(settings: ConnectionSettings): S3Preset {
  if (settings.preset === undefined) return byHost(settings.endpoint) ?? ANY_STORE
  const named = S3_PRESETS.find((preset) => preset.id === settings.preset)
  if (named === undefined)
    throw accessError('s3.preset', {
      message: 'There is no such preset.',
      remedy: `Choose one of ${S3_PRESETS.map(({ id }) => id).join(', ')}.`,
    })
  return named
}

/** The endpoint as it was given, or as the preset makes it of the region. */
export function endpointText(settings: ConnectionSettings): string {
  const given = settings.endpoint?.trim() ?? ''
  const { endpoint = '', label } = presetOf(settings)
  if (given !== '' || endpoint === '') return given
  const made = settings.region === undefined ? endpoint : endpoint.replace('{region}', settings.region)
  const missing = Array.from(made.matchAll(/\{(\w+)\}/g), ([, name]) => name)
  if (missing.length === 0) return made
  throw accessError('s3.endpoint', {
    message: `The endpoint of ${label} is ${endpoint}, and its ${missing.join(' and ')} was not given.`,
    remedy: missing.every((name) => name === 'region') ? 'Give the region.' : 'Give the whole endpoint.',
  })
}

/** Refuses an endpoint that is not the named vendor's: keys of one store would be shown to another. */
export function requirePresetHost({ preset, endpoint }: ConnectionSettings, host: string): void {
  const { hosts, label, endpoint: usual } = presetOf(preset === undefined ? {} : { preset })
  if (endpoint === undefined || hosts === undefined || hosts.test(host)) return
  throw accessError('s3.endpoint', {
    message: `The endpoint is not one of ${label}.`,
    remedy: `Those are ${usual ?? ''}. Leave the preset out for another store.`,
  })
}

/** The region that signatures name. */
export function signingRegion(settings: ConnectionSettings, host: string): string {
  if (settings.region !== undefined) return settings.region
  const { signs, hosts } = presetOf(settings)
  return signs === 'host' ? (hosts?.exec(host)?.[1] ?? 'us-east-1') : signs
}

function byHost(endpoint: string | undefined): S3Preset | undefined {
  const written = endpoint?.includes('://') === true ? endpoint : `https://${endpoint ?? ''}`
  const host = URL.canParse(written) ? new URL(written).hostname : ''
  return S3_PRESETS.find((preset) => preset.hosts?.test(host))
}
