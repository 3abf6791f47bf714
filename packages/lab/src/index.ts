export { startLab, type Lab, type LabAws, type LabAzure, type LabGcp, type LabOptions } from './lab.ts'
export type { AccountSeed, LabSeed, ObjectSeed } from './aws/admin/seed.ts'
export type { IdentityAdmin, LabCredentials, RoleView, UserView } from './aws/admin/identities.ts'
export type { BucketInput, BucketView, ObjectInput, StorageAdmin } from './aws/admin/storage.ts'
export type { LabAliyun } from './aliyun/admin/admin.ts'
export type { AliyunCredentials } from './aliyun/admin/identities.ts'
export type { AliyunAccountSeed, AliyunSeed } from './aliyun/admin/seed.ts'
export type { OssBucketInput, OssObjectInput } from './aliyun/admin/storage.ts'
export type { OidcProviderInput, RamRoleInput, RamUserInput } from './aliyun/state/identities.ts'
export type { RoleInput, UserInput } from './aws/state/identities.ts'
export type { KeyInput } from './aws/kms/keys.ts'
export type { ActiveFault, Fault, FaultEffect, Faults, FaultSubject } from './http/faults.ts'
export type { RequestLog, RequestLogEntry } from './http/request-log.ts'
export type {
  AzureStorageAdmin,
  BlobAdminInput,
  ContainerSettings,
  StorageAccountInput,
  StorageAccountSettings,
} from './azure/admin/storage.ts'
export type { BindingInput, GcpIdentityAdmin, PolicyCarrier } from './gcp/admin/identities.ts'
export type { GcpSeed } from './gcp/admin/seed.ts'
export type { GcpBucketInput, GcpObjectInput, GcpStorageAdmin } from './gcp/admin/storage.ts'
export type { PoolInput, ProviderInput, RoleInput as GcpRoleInput } from './gcp/state/identities.ts'
export type { ServiceAccountInput, ServiceAccountKeyFile } from './gcp/state/service-accounts.ts'
