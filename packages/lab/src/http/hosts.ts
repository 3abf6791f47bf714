/** The hosts each cloud of the lab answers for: a name, or `*.suffix`. A transport's routes and the reading of requests go by them. */
export const CLOUD_HOSTS = {
  aws: ['amazonaws.com', '*.amazonaws.com', '*.amazonaws.com.cn'],
  gcp: ['*.googleapis.com'],
  azure: ['login.microsoftonline.com', '*.blob.core.windows.net'],
  aliyun: ['*.aliyuncs.com'],
} as const

/** The cloud that a host belongs to; undefined for the lab's own address. */
export function cloudOfHost(host: string): keyof typeof CLOUD_HOSTS | undefined {
  const matches = (pattern: string): boolean => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern)
  const clouds = ['aws', 'gcp', 'azure', 'aliyun'] as const
  return clouds.find((cloud) => CLOUD_HOSTS[cloud].some(matches))
}
