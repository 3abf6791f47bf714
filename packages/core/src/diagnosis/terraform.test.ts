import { expect, it } from 'vitest'
import { terraformExpression } from './terraform.ts'

it('keeps the variables of a policy from being read as expressions of Terraform', () => {
  const policy = { Resource: 'arn:aws:s3:::b/${aws:username}/*', Note: ['50%{x}', '"quoted"'] }
  expect(terraformExpression(policy, '')).toBe(
    '{\n  Resource = "arn:aws:s3:::b/$${aws:username}/*"\n  Note = ["50%%{x}", "\\"quoted\\""]\n}',
  )
})
