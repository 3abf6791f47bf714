/** Where to ask for a bucket of which nothing is known. */
export const FIRST_REGION = 'cn-hangzhou'

/** A region as Alibaba Cloud names them, or nothing: it becomes part of a host name. */
export function regionIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+){0,4}$/.test(text) && text.length <= 32 ? text : undefined
}

/**
 * The region of an endpoint of OSS: `oss-cn-hangzhou`, its host name, or that of the network inside the region.
 * https://help.aliyun.com/en/oss/user-guide/regions-and-endpoints
 */
export function regionOfEndpoint(endpoint: string | undefined): string | undefined {
  const name = /^oss-([a-z0-9-]+?)(?:-internal)?(?:\.aliyuncs\.com)?$/.exec(endpoint?.toLowerCase() ?? '')?.[1]
  return name === 'accelerate' || name === 'accelerate-overseas' ? undefined : regionIn(name)
}

/** The public host of OSS in a region; buckets answer under it. */
export function ossHost(region: string): string {
  return `oss-${region}.aliyuncs.com`
}

/** The host of STS in a region. */
export function stsOrigin(region: string): string {
  return `https://sts.${region}.aliyuncs.com`
}
