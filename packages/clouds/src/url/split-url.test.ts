import { isAccessError } from '@sluice/core'
import { expect, it } from 'vitest'
import { decodedKey } from './key-path.ts'
import { splitUrl } from './split-url.ts'

const SECRET = 'wJalrXUtnFEMI'

it.each([
  `s3://AKIA%3A${SECRET}%40bucket/x`,
  `https://AKIA%253a${SECRET}%2540host/x`,
  `gs://AKIA:${SECRET}%40bucket/x`,
  `oss://LTAI：${SECRET}＠bucket/`,
])('refuses a user that was encoded, and repeats nothing of it: %s', (url) => {
  try {
    splitUrl(url)
    expect.unreachable()
  } catch (error) {
    expect(isAccessError(error) && error.reason).toBe('location.credential')
    expect(String(error)).not.toContain(SECRET)
  }
})

it('refuses half of a surrogate pair in a path', () => {
  expect(() => decodedKey('data/\ud800/', () => '')).toThrowError(expect.objectContaining({ reason: 'location.invalid' }))
})
