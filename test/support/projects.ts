import type { MetadataStore, Project } from '@sluice/core'
import { readConfig } from '../../apps/server/src/config/config.ts'
import { openMetadata } from '../../apps/server/src/metadata.ts'
import { systemClock, systemRandom } from '../../apps/server/src/system.ts'
import { createTokens } from '../../apps/server/src/tokens.ts'

const SYSTEM = { clock: systemClock, random: systemRandom }

/** Opens the metadata of a server that is not running. */
function openStopped(environment: { readonly [name: string]: string }): Promise<MetadataStore> {
  return openMetadata(readConfig(environment), SYSTEM)
}

/** Adds a project to the metadata of a server that is not running, and issues a token for it. */
export async function addProject(
  environment: { readonly [name: string]: string },
  project: Pick<Project, 'id' | 'organization'>,
): Promise<{ readonly token: string }> {
  const store = await openStopped(environment)
  try {
    await store.organizations.ensure({ id: project.organization, name: project.organization })
    await store.projects.ensure({ ...project, name: project.id })
    return { token: await createTokens({ store, ...SYSTEM }).issue(project.id, 'test') }
  } finally {
    await store.close()
  }
}
