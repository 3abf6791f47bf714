import { StorageSharedKeyCredential, type BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { startLab, type Lab, type LabOptions } from '../src/index.ts'
import { blobService } from './azure-client.ts'

export const ACCOUNT = 'lakedata'
export const CONTAINER = 'landing'
export const HOST = `${ACCOUNT}.blob.core.windows.net`

/** A storage account with a container, and Azure's own client with its key. */
export interface AzureWorld {
  readonly lab: Lab
  readonly key: StorageSharedKeyCredential
  readonly service: BlobServiceClient
  readonly container: ContainerClient
}

export async function startAzure(options: LabOptions = {}): Promise<AzureWorld> {
  const lab = await startLab(options)
  lab.azure.createStorageAccount({ name: ACCOUNT })
  lab.azure.createContainer(ACCOUNT, CONTAINER)
  const key = new StorageSharedKeyCredential(ACCOUNT, lab.azure.accountKeys(ACCOUNT)[0])
  const service = blobService(lab, HOST, key)
  return { lab, key, service, container: service.getContainerClient(CONTAINER) }
}
