import { type GoogleIdentity, isDenied } from '@sluice/core'
import { findProject } from '../state/state.ts'
import type { GcpState } from '../state/types.ts'

/** Whether a deny policy or a boundary of the principal takes away what allow policies give. What cannot be told is taken away. */
export function isKeptOut(state: GcpState, identity: GoogleIdentity, permission: string, carriers: readonly string[]): boolean {
  return projectsIn(carriers).some((project) => {
    const { denyRules } = findProject(state, project)?.guards ?? { denyRules: [] }
    return denyRules.some((rule) => isDenied(rule, identity, permission) !== false) || !isEligible(state, identity, project)
  })
}

/** The projects among what carries policies. */
function projectsIn(carriers: readonly string[]): readonly string[] {
  return carriers.flatMap((carrier) => /^projects\/([^/]+)$/.exec(carrier)?.[1] ?? [])
}

/** Whether every boundary that a principal is under names the project. */
function isEligible(state: GcpState, identity: GoogleIdentity, project: string): boolean {
  const home = homeOf(state, identity)
  return state.principalBoundaries.every(({ principalsOf, projects }) => principalsOf !== home || projects.includes(project))
}

/** The project that a principal belongs to: its account's, or its pool's. */
export function homeOf(state: GcpState, identity: GoogleIdentity): string | undefined {
  if (identity.kind === 'federated') return state.pools.get(identity.pool)?.projectId
  return identity.kind === 'service-account' ? /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(identity.email)?.[1] : undefined
}
