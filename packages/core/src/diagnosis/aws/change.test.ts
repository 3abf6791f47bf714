import { expect, it } from 'vitest'
import { expression } from './change.ts'

it('keeps the variables of a policy from being read as expressions of Terraform', () => {
  const policy = { Resource: 'arn:aws:s3:::b/${aws:username}/*', Note: ['50%{x}', '"quoted"'] }
  expect(expression(policy, '')).toBe('{\n  Resource = "arn:aws:s3:::b/$${aws:username}/*"\n  Note = ["50%%{x}", "\\"quoted\\""]\n}')
})
