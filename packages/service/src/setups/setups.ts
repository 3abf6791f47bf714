import { accessError, type Setup, type SetupOptions } from '@sluice/core'
import { audited } from '../audit/record.ts'
import type { Caller, Setups } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { locationsOf, requireCloud, requireConnection } from '../shared/lookup.ts'
import { shownName } from '../shared/name.ts'

/** The use cases of setups: what the cloud admin applies, and where they can find it. */
export function createSetups(deps: ServiceDeps): Setups {
  async function prepare(caller: Caller, name: string, options: SetupOptions) {
    const connection = await requireConnection(deps, caller, name)
    const locations = await locationsOf(deps, connection)
    const setup = requireCloud(deps.clouds, connection.cloud).setup({ ...connection, locations }, deps.platform(), options)
    return { connection, setup }
  }

  return {
    forConnection: async (caller, name, options) => (await prepare(caller, name, options)).setup,

    publish: (caller, name, options, signal) =>
      audited(deps, caller, { action: 'setup.publish', target: shownName(name) }, async () => {
        if (!deps.templates)
          throw accessError('setup.no_publisher', { message: 'This Sluice has no bucket to publish setup templates to.' })
        const { connection, setup } = await prepare(caller, name, options)
        return deps.templates.publish({ connection, setup, template: requireTemplate(setup) }, signal)
      }),
  }
}

function requireTemplate({ method, artifacts, routes }: Setup) {
  const names = routes.find((route) => route.id === 'template')?.artifacts ?? []
  const template = artifacts.find((artifact) => names.includes(artifact.id))
  if (template) return template
  throw accessError('setup.no_template', { message: `The setup for the method ${method} has no template.` })
}
