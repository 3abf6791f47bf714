import { describe, expect, it } from 'vitest'
import { connectionOf, platformOf } from '../../../test/support/setup-cases.ts'
import { setupAws } from './index.ts'
import { cloudFormationLink, quickCreateUrl } from './quick-create.ts'

const TEMPLATE = 'https://sluice-templates.s3.us-west-2.amazonaws.com/setup/a b.json?versionId=x'

describe('the quick-create link', () => {
  it('names template, stack and parameters, each encoded', () => {
    const url = new URL(
      quickCreateUrl({ templateUrl: TEMPLATE, region: 'us-west-2', stackName: 'sluice-lake', parameters: { RoleName: 'a=b&c' } }),
    )
    expect(url.host).toBe('us-west-2.console.aws.amazon.com')
    expect(url.searchParams.get('region')).toBe('us-west-2')
    const [page, query] = url.hash.split('?')
    expect(page).toBe('#/stacks/create/review')
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
      templateURL: TEMPLATE,
      stackName: 'sluice-lake',
      param_RoleName: 'a=b&c',
    })
  })

  it.each([
    ['cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('opens the console of the partition of %s', (region, host) => {
    expect(new URL(quickCreateUrl({ templateUrl: TEMPLATE, region, stackName: 's' })).host).toBe(host)
  })

  it('takes stack and region from the setup', () => {
    const setup = setupAws(connectionOf({ name: 'lake_test' }), platformOf(), {})
    expect(cloudFormationLink(setup, TEMPLATE)).toContain(
      'us-west-2.console.aws.amazon.com/cloudformation/home?region=us-west-2#/stacks/create/review?',
    )
    expect(cloudFormationLink(setup, TEMPLATE)).toContain('&stackName=sluice-lake-test')
  })

  it('is refused for a setup without a template', () => {
    const setup = setupAws(connectionOf({ auth: { method: 'none', fields: {} } }), platformOf(), {})
    expect(() => cloudFormationLink(setup, TEMPLATE)).toThrow(expect.objectContaining({ reason: 'setup.no_template' }))
  })
})
