import type { OwnEndpoint } from '@sluice/core'
import { regionOfEndpoint } from './region.ts'

/** Reads an endpoint of OSS itself, public or internal: it names the region. */
export function ossEndpoint(endpoint: string): OwnEndpoint | undefined {
  const host = /^(?:https?:\/\/)?([a-z0-9.-]+?)\/?$/i.exec(endpoint.trim())?.[1]?.toLowerCase()
  const region = host?.endsWith('.aliyuncs.com') === true ? regionOfEndpoint(host) : undefined
  return region === undefined ? undefined : { fields: {}, settings: { region } }
}
