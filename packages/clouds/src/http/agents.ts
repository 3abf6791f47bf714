import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'

/** Keep-alive connections, one pool for each tenant: a tenant that fills its pool delays no other. */
export interface Agents {
  for(tenant: string, protocol: string): HttpAgent
  close(): void
}

export interface AgentOptions {
  readonly maxSocketsPerHost: number
  readonly lookup: LookupFunction
  /** Trusted in addition to nothing else: certificates of the authorities to accept, for private stores. */
  readonly ca?: readonly string[]
}

/** Pools kept at most; the one used longest ago is let go when there are more. Its running requests are not cut. */
const MAX_POOLS = 512

export function createAgents(options: AgentOptions): Agents {
  const pools = new Map<string, HttpAgent>()
  const settings = {
    keepAlive: true,
    // S3 closes idle connections after some 20 s; ours must be first, or a request meets a connection that is closing.
    timeout: 15_000,
    scheduling: 'lifo' as const,
    maxSockets: options.maxSocketsPerHost,
    maxFreeSockets: 32,
    lookup: options.lookup,
    autoSelectFamily: true,
  }
  const create = (protocol: string): HttpAgent =>
    protocol === 'https:' ? new HttpsAgent({ ...settings, ...(options.ca ? { ca: [...options.ca] } : {}) }) : new HttpAgent(settings)

  return {
    for: (tenant, protocol) => {
      const key = `${protocol}${tenant}`
      const pool = pools.get(key) ?? create(protocol)
      pools.delete(key)
      pools.set(key, pool)
      if (pools.size > MAX_POOLS) release(pools)
      return pool
    },
    close: () => {
      for (const pool of pools.values()) pool.destroy()
      pools.clear()
    },
  }
}

/** Lets go of the oldest pool without a running request. Where all are busy none goes: the number of requests bounds them then. */
function release(pools: Map<string, HttpAgent>): void {
  for (const [key, pool] of pools) {
    if (Object.keys(pool.sockets).length > 0 || Object.keys(pool.requests).length > 0) continue
    pool.destroy()
    pools.delete(key)
    return
  }
}
