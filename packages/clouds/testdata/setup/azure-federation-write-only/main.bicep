metadata description = 'Access of a Sluice connection to Blob Storage. Deploy it into the resource group of lakedata.'

@description('Storage account')
param storageAccountName string = 'lakedata'

@description('Container')
param containerName string = 'landing'

@description('Managed identity to make, for Sluice connection conn_a2c4e6g2i4k6m2o4q6s2')
param identityName string = 'sluice-lake'

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

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: resourceGroup().location
}

resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: identity
  name: 'conn_a2c4e6g2i4k6m2o4q6s2'
  properties: {
    issuer: 'https://sluice.example.com'
    subject: 'organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2')
  properties: {
    roleName: 'sluice-lake conn_a2c4e6g2i4k6m2o4q6s2'
    description: 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
    type: 'CustomRole'
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
        ]
        notDataActions: []
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource delegator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2', 'delegator')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    description: 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
  }
}

resource data 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: container
  name: guid(container.id, 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2', 'data')
  properties: {
    roleDefinitionId: role.id
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    description: 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
    condition: '(\n (\n  !(ActionMatches{\'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write\'})\n )\n OR\n (\n  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith \'data/\'\n )\n)'
    conditionVersion: '2.0'
  }
}

@description('Tenant id, for Sluice')
output tenantId string = subscription().tenantId

@description('Client id, for Sluice')
output clientId string = identity.properties.clientId
