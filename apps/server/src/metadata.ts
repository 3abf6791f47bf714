import type { Clock, MetadataStore, Random } from '@sluice/core'
import { loadMasterKey, openStore } from '@sluice/store'
import type { Config } from './config/config.ts'

/** The project of an installation that has only one. */
export const DEFAULT_PROJECT = { id: 'default', organization: 'default', name: 'default' } as const

/** Opens the metadata under its master key and makes sure that there is a project. */
export async function openMetadata(config: Config, deps: { readonly clock: Clock; readonly random: Random }): Promise<MetadataStore> {
  const { given, path } = config.masterKey
  const masterKey = loadMasterKey({ env: { SLUICE_MASTER_KEY: given }, ...(path === undefined ? {} : { path }), random: deps.random })
  const store = await openStore({ url: config.databaseUrl, masterKey, ...deps })
  await store.organizations.ensure({ id: DEFAULT_PROJECT.organization, name: DEFAULT_PROJECT.organization })
  await store.projects.ensure(DEFAULT_PROJECT)
  return store
}
