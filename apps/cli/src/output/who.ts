import type { Remedy } from '@sluice/core'

/** Who has to make a change, in words. */
export const WHO: { readonly [who in Remedy['who']]: string } = {
  platform: 'we, the platform',
  'cloud-admin': "the customer's cloud admin",
  'data-owner': 'the owner of the data',
  organization: "the customer's organization",
}
