import type { Json } from '@sluice/core'
import { applyArmTemplate, type DeploymentTarget } from '../arm/apply.ts'
import type { AzureState } from '../state/types.ts'
import { azureIdentityAdmin, type AzureIdentityAdmin } from './identities.ts'
import { loadAzureSeed, type AzureSeed } from './seed.ts'
import { azureStorageAdmin, type AzureStorageAdmin } from './storage.ts'

/** Everything one may do to the lab's Azure without asking. */
export interface AzureAdmin extends AzureIdentityAdmin, AzureStorageAdmin {
  /** Adds what a seed describes. */
  load(seed: AzureSeed): void
  /** Applies a template of Azure Resource Manager as the resource group's admin, all or nothing, and gives its outputs. */
  applyTemplate(
    template: string,
    parameters?: { readonly [name: string]: Json },
    target?: DeploymentTarget,
  ): { readonly [output: string]: string }
}

export function azureAdmin(state: AzureState): AzureAdmin {
  const admin = { ...azureIdentityAdmin(state), ...azureStorageAdmin(state) }
  return {
    ...admin,
    load: (seed) => loadAzureSeed(admin, seed),
    applyTemplate: (template, parameters, target) => applyArmTemplate(state, template, parameters, target),
  }
}
