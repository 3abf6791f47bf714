import type { Observation } from './case.ts'

/** Tools and services that people write before the name of a call: `aws s3api list-objects-v2`. */
const TOOLS = /^(aws|s3|s3api|s3control|sts|iam|kms|gcs|gcloud|storage|az|oss|ossutil|aliyun)$/i

/** The name in what somebody wrote for an operation. What stands behind it says how it was tried: "AssumeRole without external id". */
export function operationNamed(given: string): string {
  const words = given.trim().split(/[\s(,]+/)
  const name = words.find((word) => word !== '' && !TOOLS.test(word)) ?? words[0] ?? ''
  // The SDK for JavaScript has a class for each call: ListObjectsV2Command.
  return name.replace(/(?<=[a-z\d])(Command|[_-]command)$/, '')
}

/** The name of an operation without its service, in one case. */
export function operationWord(given: string): string {
  const name = operationNamed(given)
  return name
    .slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':')) + 1)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}

/** Whether a request says of itself that it was sent without the external id that was agreed, or with a wrong one. */
export function saysWithoutId({ operation = '', target = '', message = '' }: Observation): boolean {
  return /(without|no|wrong|random|another|invalid)[ _-]*(an?[ _-]*)?external[ _-]*id/i.test(`${operation} ${target} ${message}`)
}
