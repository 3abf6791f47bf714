import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { S3_PRESETS } from './presets.ts'

it('has every preset on the page of S3-compatible stores, in its order', () => {
  const page = readFileSync(new URL('../../../../docs/clouds/s3.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z0-9]+)` \| ([^|]+) \|/gm)].map(([, id, label]) => [id, label])
  expect(rows).toEqual(S3_PRESETS.map(({ id, label }) => [id, label]))
})
