import { expect, it } from 'vitest'
import { aliyunPlatformOf, ossConnectionOf } from '../../../test/support/aliyun-setup-cases.ts'
import { quickCreateLink } from '../../quick-create.ts'
import { setupAliyun } from './index.ts'

const TEMPLATE = 'https://sluice-templates.oss-cn-beijing.aliyuncs.com/setup/a b.json?versionId=x'

it('opens the template in ROS, in the region of the buckets', () => {
  const setup = setupAliyun(ossConnectionOf({ name: '1-lake' }), aliyunPlatformOf(), {})
  const url = new URL(quickCreateLink(setup, TEMPLATE))
  expect(url.origin + url.pathname).toBe('https://ros.console.aliyun.com/cn-beijing/stacks/create')
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ templateUrl: TEMPLATE, stackName: 'sluice-1-lake' })
})
