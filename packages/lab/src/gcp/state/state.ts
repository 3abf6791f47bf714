import type { Clock, Random } from '@sluice/core'
import type { Issuers } from '../../oidc/issuers.ts'
import { eventualMap } from '../../state/eventual.ts'
import { UNGUARDED } from './guards.ts'
import { digits } from './ids.ts'
import type { GcpState, Project } from './types.ts'

/** A Google Cloud without projects. */
export function emptyGcpState(clock: Clock, random: Random, issuers: Issuers): GcpState {
  return {
    clock,
    random,
    issuers,
    projects: new Map(),
    serviceAccounts: new Map(),
    pools: new Map(),
    roles: eventualMap(clock),
    policies: eventualMap(clock),
    tokens: new Map(),
    buckets: new Map(),
    uploads: new Map(),
    kmsKeys: new Map(),
    principalBoundaries: [],
    callerAddress: '192.0.2.7',
    iamDelayMs: 0,
    lastGeneration: 0n,
  }
}

/** Adds a project, or gives the one there is. */
export function ensureProject(state: GcpState, id: string, number?: string): Project {
  const existing = state.projects.get(id)
  if (existing) return existing
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id))
    throw new TypeError(`A project id has 6 to 30 lower-case letters, digits and hyphens: ${id}`)
  const project: Project = { id, number: number ?? digits(state.random, 12), createdAt: state.clock.now(), guards: UNGUARDED }
  state.projects.set(id, project)
  return project
}

/** The project of an id or a number. */
export function findProject(state: GcpState, idOrNumber: string): Project | undefined {
  return state.projects.get(idOrNumber) ?? [...state.projects.values()].find((project) => project.number === idOrNumber)
}
