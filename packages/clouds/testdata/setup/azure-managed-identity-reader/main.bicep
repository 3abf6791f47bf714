metadata description = 'Access of a Sluice connection to Blob Storage. Deploy it into the resource group of lakedata.'

@description('Storage account')
param storageAccountName string = 'lakedata'

@description('Container')
param containerName string = 'landing'

@description('Object id of the managed identity of Sluice: keep it as it is')
param principalId string = '44444444-4444-4444-8444-444444444444'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageAccountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' existing = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = {
  parent: blobs
  name: containerName
}

resource delegator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2', 'delegator')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a')
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
  }
}

resource data 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: container
  name: guid(container.id, 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2', 'data')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1')
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
  }
}
