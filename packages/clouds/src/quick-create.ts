import { accessError, type Setup } from '@sluice/core'
import { rosLink } from './aliyun/setup/quick-create.ts'
import { cloudFormationLink } from './aws/setup/quick-create.ts'
import { deployLink } from './azure/setup/console-links.ts'

const LINKS: { readonly [cloud: string]: (setup: Setup, templateUrl: string) => string } = {
  aws: cloudFormationLink,
  aliyun: rosLink,
  azure: (_setup, templateUrl) => deployLink(templateUrl),
}

/** The link that opens a published template in its cloud's console: every parameter keeps the default written into the template. */
export function quickCreateLink(setup: Setup, templateUrl: string): string {
  const link = LINKS[setup.cloud]
  if (link === undefined)
    throw accessError('setup.no_template', { message: `No console of ${setup.cloud} opens a template that is published.` })
  return link(setup, templateUrl)
}
