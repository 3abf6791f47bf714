import type { AliyunCredentials, BindingInput, Lab, LabCredentials, LabSeed, RequestLogEntry, RamUserInput, RoleInput } from '@sluice/lab'

/** How keys are named: one folder of numbered files, or a folder a day and an hour as loggers write them. */
export type KeyLayout = 'flat' | 'folders'

/** The clouds whose buckets in the lab are filled the same way. */
export type LabCloudId = 'aws' | 'gcp' | 'aliyun'

/** What a lab in another process can be asked to do. */
export function labOperations(lab: Lab) {
  return {
    address: () => ({ url: lab.url, routes: lab.routes }),
    load: (seed: LabSeed): void => lab.aws.load(seed),
    putRole: (accountId: string, role: RoleInput): string => lab.aws.putRole(accountId, role),
    createBucket: (accountId: string, name: string, region: string): void => lab.aws.createBucket(accountId, { name, region }),
    putFile: (cloud: LabCloudId, bucket: string, key: string, file: string): string =>
      lab[cloud].putObject(bucket, key, { body: { file } }),
    putText: (cloud: LabCloudId, bucket: string, key: string, body: string): string => lab[cloud].putObject(bucket, key, { body }),
    fillBucket(cloud: LabCloudId, bucket: string, prefix: string, layout: KeyLayout, count: number): void {
      for (let index = 0; index < count; index++) lab[cloud].putObject(bucket, `${prefix}${keyOf(layout, index, count)}`, { body: '' })
    },
    /** A storage account with one container; gives the account's key. */
    createContainer(account: string, container: string): string {
      lab.azure.createStorageAccount({ name: account })
      lab.azure.createContainer(account, container)
      return lab.azure.accountKeys(account)[0]
    },
    createManagedIdentity: (name: string): { readonly clientId: string; readonly principalId: string } =>
      lab.azure.createManagedIdentity({ name }),
    issueStorageToken: (principalId: string): string => lab.azure.issueAccessToken({ principalId }),
    deployTemplate: (template: string): unknown => lab.azure.applyTemplate(template),
    putBlobFile: (account: string, container: string, name: string, file: string): string =>
      lab.azure.putBlob(account, container, name, { body: { file } }),
    putBlobText: (account: string, container: string, name: string, body: string): string =>
      lab.azure.putBlob(account, container, name, { body }),
    fillContainer(account: string, container: string, prefix: string, layout: KeyLayout, count: number): void {
      for (let index = 0; index < count; index++)
        lab.azure.putBlob(account, container, `${prefix}${keyOf(layout, index, count)}`, { body: '' })
    },
    putAliyunUser: (uid: string, user: RamUserInput): string => lab.aliyun.putUser(uid, user),
    createAliyunKey: (uid: string, user: string): AliyunCredentials => lab.aliyun.createAccessKey(uid, user),
    createRootAccessKey: (uid: string): AliyunCredentials => lab.aliyun.createRootAccessKey(uid),
    applyRos: (uid: string, template: string): unknown => lab.aliyun.applyTemplate(uid, template),
    createOssBucket: (uid: string, name: string, region: string): void => lab.aliyun.createBucket(uid, { name, region }),
    putServiceAccount: (project: string, id: string): string => lab.gcp.putServiceAccount(project, { id }),
    issueGoogleToken: (email: string): string => lab.gcp.issueToken({ kind: 'service-account', email }),
    putCustomRole: (project: string, id: string, permissions: readonly string[]): string =>
      lab.gcp.putCustomRole(project, { id, permissions }),
    createGcsBucket: (project: string, name: string, location: string): void => lab.gcp.createBucket(project, { name, location }),
    addBinding: (binding: BindingInput): void => lab.gcp.addBinding(binding),
    issueSession: (roleArn: string): LabCredentials => lab.aws.issueSession(roleArn),
    /** Every request takes this long before it is answered; all bodies share a link of this speed. */
    setLink({ latencyMs, bytesPerSecond }: { readonly latencyMs: number; readonly bytesPerSecond: number }): void {
      lab.faults.clear()
      if (latencyMs > 0) lab.faults.add({ operation: '*', effect: { kind: 'latency', ms: latencyMs } })
      if (Number.isFinite(bytesPerSecond)) lab.faults.add({ operation: '*', effect: { kind: 'bandwidth', bytesPerSecond } })
    },
    /** The next request of this operation takes so much longer; gives the id of the fault. */
    delayNext: (operation: string, ms: number): string => lab.faults.add({ operation, effect: { kind: 'latency', ms }, times: 1 }),
    /** Whether the delayed request has come. */
    isOver: (faultId: string): boolean => !lab.faults.list().some((active) => active.id === faultId),
    forgetRequests: (): void => lab.requests.clear(),
    requests: (): readonly RequestLogEntry[] => lab.requests.entries(),
    processorMs: (): number => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    },
    close: (): Promise<void> => lab.close(),
  }
}

export type LabOperations = ReturnType<typeof labOperations>

function keyOf(layout: KeyLayout, index: number, count: number): string {
  const name = `part-${String(index).padStart(8, '0')}.parquet`
  if (layout === 'flat') return name
  // A thousand hours, the keys spread evenly over them.
  const hours = Math.floor(index / Math.max(1, Math.ceil(count / 1_000)))
  const at = new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString()
  return `year=${at.slice(0, 4)}/month=${at.slice(5, 7)}/day=${at.slice(8, 10)}/hour=${at.slice(11, 13)}/${name}`
}
