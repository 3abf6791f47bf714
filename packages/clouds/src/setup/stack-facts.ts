import { accessError, type Setup } from '@sluice/core'

/** Labels of the facts that a link to a published template is made from. */
export const STACK_FACT = 'Stack name'
export const REGION_FACT = 'Region of the stack'

/** The stack that a setup's template makes. Throws `setup.no_template` where there is none. */
export function stackOf(setup: Setup): { readonly stackName: string; readonly region: string } {
  const fact = (label: string): string => {
    const found = setup.facts.find((one) => one.label === label)
    if (found === undefined)
      throw accessError('setup.no_template', { message: `The setup for the method ${setup.method} has no template.` })
    return found.value
  }
  return { stackName: fact(STACK_FACT), region: fact(REGION_FACT) }
}
