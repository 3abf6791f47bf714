/** A page of RAM's console; RAM is global. */
export function ramLink(page: string): string {
  return `https://ram.console.aliyun.com/${page}`
}

/** A page of a bucket in OSS's console. */
export function ossLink(region: string, bucket: string, page: string): string {
  return `https://oss.console.aliyun.com/bucket/oss-${region}/${bucket}/${page}`
}
